package dev.coffer.verification.torture;

import dev.coffer.protocol.outcome.OutcomeCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The account as PROTOCOL.md §5.3 tells it, without keys and hashes: what a sequential vault would
 * do. Immutable. Written from the design and not from the HSM's code, so that a mistake there is
 * not repeated here.
 *
 * @param code the live registration's
 * @param open calls whose guesses are open, with their attempt numbers
 * @param lastSuccess the guess proved last
 * @param lastRegistration the call that stored the newest registration
 * @param deletedBy the call that deleted
 * @param floor what is known of the k below which a device's knowledge is too old
 * @param pending the start that is known to have been granted last, unless it was used or ended
 */
record AccountModel(
    Stage stage,
    long generation,
    long attemptNumber,
    int used,
    int limit,
    int failures,
    int code,
    List<Open> open,
    Optional<Open> lastSuccess,
    int lastRegistration,
    int deletedBy,
    Floor floor,
    Optional<Pending> pending) {
  private static final int NOBODY = -1;
  private static final int FAILURES_FACTOR = 3;

  /** What there is. */
  enum Stage {
    ABSENT,
    ACTIVE,
    EXHAUSTED,
    DELETED
  }

  /** An open guess. */
  record Open(int guess, long number) {}

  /**
   * A registration that was started.
   *
   * @param granted where
   * @param floorLow what the floor was not below at that place
   */
  record Pending(Call.Place granted, long floorLow) {}

  /** The entries that a call may have been applied in. */
  record Span(long low, long high) {
    static Span exactly(Call.Place place) {
      return new Span(place.k(), place.k());
    }
  }

  /** The state after, and what the vault says. */
  record Step(AccountModel after, Heard heard) {}

  AccountModel {
    open = List.copyOf(open);
  }

  /** Of an account that never was. */
  static final AccountModel ABSENT =
      new AccountModel(
          Stage.ABSENT,
          0,
          0,
          0,
          0,
          0,
          0,
          List.of(),
          Optional.empty(),
          NOBODY,
          NOBODY,
          Floor.NONE,
          Optional.empty());

  /**
   * The call arrives for the first time. More than one thing may happen only where the floor is not
   * known exactly, or where {@code disturbed}.
   *
   * @param at where it is applied
   * @param disturbed whether a start that nobody saw granted may have ended the pending one
   */
  List<Step> first(Call call, Span at, boolean disturbed) {
    return switch (call.deed()) {
      case Deed.Start start -> start(call, start, at);
      case Deed.Register register -> register(call, register, at, disturbed);
      case Deed.Guess guess -> guess(call, guess, at);
      case Deed.Prove prove -> List.of(prove(prove, at));
      case Deed.Delete delete -> delete(call, delete, at);
    };
  }

  /**
   * A call that has had its effect arrives again, octet for octet (INV-8). Whatever it is answered,
   * nothing may change: a guess whose tag is no longer open was made before the floor, and is
   * stale.
   */
  Heard again(Call call, Span at) {
    return switch (call.deed()) {
      case Deed.Start start ->
          start.granted().isPresent() && start.granted().equals(pending.map(Pending::granted))
              ? accepted(attemptNumber, false)
              : Heard.refused(OutcomeCode.STALE);
      case Deed.Register register ->
          lastRegistration != call.number()
              ? Heard.refused(OutcomeCode.NOT_PENDING)
              : stage == Stage.ACTIVE ? accepted(attemptNumber, false) : gone();
      case Deed.Guess guess -> {
        Optional<Open> tag = tag(call.number());
        yield stage != Stage.ACTIVE
            ? gone()
            : tag.isPresent()
                ? accepted(tag.get().number(), guess.code() == code)
                : Heard.refused(OutcomeCode.STALE);
      }
      case Deed.Prove prove -> prove(prove, at).heard;
      case Deed.Delete delete ->
          stage == Stage.DELETED && deletedBy == call.number()
              ? accepted(attemptNumber, false)
              : stage == Stage.ACTIVE ? Heard.refused(OutcomeCode.NOT_AUTHORISED) : gone();
    };
  }

  /** The same but for what is known of the floor. */
  AccountModel withFloor(Floor known) {
    return new AccountModel(
        stage,
        generation,
        attemptNumber,
        used,
        limit,
        failures,
        code,
        open,
        lastSuccess,
        lastRegistration,
        deletedBy,
        known,
        pending);
  }

  private AccountModel withPending(Optional<Pending> next) {
    return new AccountModel(
        stage,
        generation,
        attemptNumber,
        used,
        limit,
        failures,
        code,
        open,
        lastSuccess,
        lastRegistration,
        deletedBy,
        floor,
        next);
  }

  private Heard accepted(long number, boolean opened) {
    int left = stage == Stage.ACTIVE ? limit - used : 0;
    return new Heard(OutcomeCode.ACCEPTED, generation, number, left, opened);
  }

  private Heard gone() {
    return Heard.refused(
        stage == Stage.EXHAUSTED ? OutcomeCode.EXHAUSTED : OutcomeCode.NOT_REGISTERED);
  }

  private Optional<Open> tag(int guess) {
    return open.stream().filter(o -> o.guess == guess).findFirst();
  }

  private static Step step(AccountModel after, long number, boolean opened) {
    return new Step(after, after.accepted(number, opened));
  }

  private Step refused(OutcomeCode code) {
    return new Step(this, Heard.refused(code));
  }

  /** The STALE rule, and what comes after it where it is kept: floor ≤ seenK < k. */
  private List<Step> unlessStale(Call call, Span at, Function<AccountModel, Step> kept) {
    if (at.high <= call.seenK()) {
      return List.of(refused(OutcomeCode.STALE));
    }
    List<Step> steps = new ArrayList<>();
    floor
        .above(call.seenK())
        .ifPresent(known -> steps.add(withFloor(known).refused(OutcomeCode.STALE)));
    floor.atMost(call.seenK()).ifPresent(known -> steps.add(kept.apply(withFloor(known))));
    return steps;
  }

  private List<Step> start(Call call, Deed.Start start, Span at) {
    // Where it was granted is not known of one that was refused or not answered.
    Optional<Pending> granted = start.granted().map(place -> new Pending(place, floor.low()));
    return unlessStale(
        call, at, live -> step(live.withPending(granted), live.attemptNumber, false));
  }

  private List<Step> register(Call call, Deed.Register register, Span at, boolean disturbed) {
    AccountModel ended = withPending(Optional.empty());
    if (pending.filter(p -> p.granted.equals(register.granted())).isEmpty()) {
      return List.of(refused(OutcomeCode.NOT_PENDING));
    }
    List<Step> steps =
        new ArrayList<>(
            unlessStale(call, at, live -> live.store(call.number(), register, floorAfter(at))));
    if (disturbed) {
      steps.add(ended.refused(OutcomeCode.NOT_PENDING));
    }
    return steps;
  }

  private static Floor floorAfter(Span at) {
    return new Floor(at.low, at.high);
  }

  private Step store(int call, Deed.Register register, Floor floorAfter) {
    if (stage == Stage.ACTIVE && failures >= FAILURES_FACTOR * limit) {
      AccountModel dead = exhausted();
      return new Step(dead, dead.gone());
    }
    AccountModel live =
        new AccountModel(
            Stage.ACTIVE,
            generation + 1,
            attemptNumber,
            0,
            register.limit(),
            failures,
            register.code(),
            List.of(),
            Optional.empty(),
            call,
            NOBODY,
            floorAfter,
            Optional.empty());
    return step(live, attemptNumber, false);
  }

  private AccountModel exhausted() {
    return new AccountModel(
        Stage.EXHAUSTED,
        generation,
        attemptNumber,
        0,
        0,
        failures,
        0,
        List.of(),
        Optional.empty(),
        lastRegistration,
        NOBODY,
        floor,
        Optional.empty());
  }

  private List<Step> guess(Call call, Deed.Guess guess, Span at) {
    if (stage != Stage.ACTIVE) {
      return List.of(new Step(this, gone()));
    }
    return unlessStale(call, at, live -> live.count(call.number(), guess));
  }

  private Step count(int call, Deed.Guess guess) {
    if (used == limit) {
      AccountModel dead = exhausted();
      return new Step(dead, dead.gone());
    }
    List<Open> tags = new ArrayList<>(open);
    tags.add(new Open(call, attemptNumber + 1));
    AccountModel counted =
        new AccountModel(
            stage,
            generation,
            attemptNumber + 1,
            used + 1,
            limit,
            failures + 1,
            code,
            tags,
            lastSuccess,
            lastRegistration,
            NOBODY,
            floor,
            pending);
    return step(counted, attemptNumber + 1, guess.code() == code);
  }

  private Step prove(Deed.Prove prove, Span at) {
    if (stage != Stage.ACTIVE) {
      return new Step(this, gone());
    }
    Open claimed = new Open(prove.guess(), prove.attemptNumber());
    boolean mine = prove.proved() && prove.generation() == generation;
    if (mine && lastSuccess.filter(claimed::equals).isPresent()) {
      return step(this, prove.attemptNumber(), false);
    }
    if (!mine || !open.contains(claimed)) {
      return refused(OutcomeCode.NOT_PROVED);
    }
    // What was counted after that guess stays counted.
    List<Open> since = open.subList(open.indexOf(claimed) + 1, open.size());
    AccountModel reset =
        new AccountModel(
            stage,
            generation,
            attemptNumber,
            since.size(),
            limit,
            since.size(),
            code,
            since,
            Optional.of(claimed),
            lastRegistration,
            NOBODY,
            floorAfter(at),
            pending);
    return step(reset, prove.attemptNumber(), false);
  }

  private List<Step> delete(Call call, Deed.Delete delete, Span at) {
    if (stage != Stage.ACTIVE) {
      return List.of(new Step(this, gone()));
    }
    if (delete.generation() != generation) {
      return List.of(refused(OutcomeCode.NOT_AUTHORISED));
    }
    return unlessStale(call, at, live -> live.deleted(call.number(), floorAfter(at)));
  }

  private Step deleted(int call, Floor floorAfter) {
    AccountModel deleted =
        new AccountModel(
            Stage.DELETED,
            generation,
            attemptNumber,
            0,
            0,
            failures,
            0,
            List.of(),
            Optional.empty(),
            lastRegistration,
            call,
            floorAfter,
            Optional.empty());
    return step(deleted, attemptNumber, false);
  }
}
