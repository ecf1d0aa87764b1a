package dev.coffer.verification.torture;

import dev.coffer.protocol.outcome.OutcomeCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The account as 2-protocol §4 tells it, without keys, chains and places: what a sequential vault
 * would do. Immutable. Written from the design and not from the HSM's code, so that a mistake there
 * is not repeated here.
 *
 * @param code the live registration's
 * @param open calls whose guesses are open, with their attempt numbers
 * @param lastSuccess the guess proved last
 * @param lastRegistration the call that stored the newest registration
 * @param deletedBy the call that deleted
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
    int deletedBy) {
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

  /** The state after, and what the vault says. */
  record Step(AccountModel after, Heard heard) {}

  AccountModel {
    open = List.copyOf(open);
  }

  /** Of an account that never was. */
  static final AccountModel ABSENT =
      new AccountModel(Stage.ABSENT, 0, 0, 0, 0, 0, 0, List.of(), Optional.empty(), NOBODY, NOBODY);

  /** The call arrives for the first time. */
  Step first(Call call) {
    return switch (call.deed()) {
      case Deed.Register register -> register(call.number(), register);
      case Deed.Guess guess -> guess(call.number(), guess);
      case Deed.Prove prove -> prove(prove);
      case Deed.Delete delete -> delete(call.number(), delete);
    };
  }

  /**
   * A call that has had its effect arrives again, octet for octet (INV-8). Whatever it is answered,
   * nothing may change: a guess whose tag is no longer open was made before the floor, and is
   * stale.
   */
  Heard again(Call call) {
    return switch (call.deed()) {
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
      case Deed.Prove prove -> prove(prove).heard;
      case Deed.Delete delete ->
          stage == Stage.DELETED && deletedBy == call.number()
              ? accepted(attemptNumber, false)
              : stage == Stage.ACTIVE ? Heard.refused(OutcomeCode.NOT_AUTHORISED) : gone();
    };
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

  private Step step(AccountModel after, long number, boolean opened) {
    return new Step(after, after.accepted(number, opened));
  }

  private Step register(int call, Deed.Register register) {
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
            NOBODY);
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
        NOBODY);
  }

  private Step guess(int call, Deed.Guess guess) {
    if (stage != Stage.ACTIVE) {
      return new Step(this, gone());
    }
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
            NOBODY);
    return step(counted, attemptNumber + 1, guess.code() == code);
  }

  private Step prove(Deed.Prove prove) {
    if (stage != Stage.ACTIVE) {
      return new Step(this, gone());
    }
    Open claimed = new Open(prove.guess(), prove.attemptNumber());
    boolean mine = prove.proved() && prove.generation() == generation;
    if (mine && lastSuccess.filter(claimed::equals).isPresent()) {
      return step(this, prove.attemptNumber(), false);
    }
    if (!mine || !open.contains(claimed)) {
      return new Step(this, Heard.refused(OutcomeCode.NOT_PROVED));
    }
    AccountModel reset =
        new AccountModel(
            stage,
            generation,
            attemptNumber,
            0,
            limit,
            0,
            code,
            List.of(),
            Optional.of(claimed),
            lastRegistration,
            NOBODY);
    return step(reset, prove.attemptNumber(), false);
  }

  private Step delete(int call, Deed.Delete delete) {
    if (stage != Stage.ACTIVE) {
      return new Step(this, gone());
    }
    if (delete.generation() != generation) {
      return new Step(this, Heard.refused(OutcomeCode.NOT_AUTHORISED));
    }
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
            call);
    return step(deleted, attemptNumber, false);
  }
}
