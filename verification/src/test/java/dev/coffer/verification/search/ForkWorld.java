package dev.coffer.verification.search;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.verification.search.LocalState.Kind;
import dev.coffer.verification.search.LocalState.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every schedule of a hostile host over n real HSMs. At every step the host may give any HSM any
 * entry, any certificate that it can put together from statements it has ever got and from
 * corrupted HSMs' keys, any old or new status; restart it; put an old memory back. It never forgets
 * anything, so that dropping, delaying, reordering, duplicating and replaying are all among the
 * schedules. After every step the promises are asserted.
 */
final class ForkWorld {
  private final Setting setting;
  private final FoundedWorld world;
  private final List<Bench> benches = new ArrayList<>();
  private final Sets sets = new Sets();
  private final Set<WorldState.Key> seen = new HashSet<>();
  private final ArrayDeque<WorldState> open = new ArrayDeque<>();
  private final List<Map<Place, LocalState>> firstAt = new ArrayList<>();
  private final Statuses statuses;
  private final Liveness liveness;
  private final Set<List<Object>> pestered = new HashSet<>();
  private long steps;
  private int mostGuesses;
  private int mostForks;
  private int stuck;

  /** What a search found out. */
  record Found(
      Setting setting,
      int states,
      long steps,
      long calls,
      int guesses,
      int forks,
      int stuck,
      boolean complete) {
    @Override
    public String toString() {
      return "%-95s %,9d states %,10d steps %,7d HSM calls; most guesses %d of %d, forks %d of %d, %,d stuck by forks%s"
          .formatted(
              setting,
              states,
              steps,
              calls,
              guesses,
              setting.bound(),
              forks,
              setting.forks(),
              stuck,
              complete ? "" : " (cut short)");
    }
  }

  ForkWorld(Setting setting) {
    this.setting = setting;
    this.world = new FoundedWorld(setting);
    this.statuses = new Statuses(world);
    Map<String, Integer> kinds = new HashMap<>();
    for (int i = 1; i <= setting.honest(); i++) {
      benches.add(new Bench(world, setting, i, kinds));
      firstAt.add(new HashMap<>());
    }
    this.liveness = new Liveness(setting, benches, statuses);
  }

  /** Explores all states, or {@code most} of them. */
  Found explore(int most) {
    LocalState[] start = benches.stream().map(Bench::start).toArray(LocalState[]::new);
    WorldState first = new WorldState(start);
    for (int i = 0; i < start.length; i++) {
      firstAt.get(i).put(world.base(), start[i]);
    }
    try {
      checkShares();
      visit(first);
      while (!open.isEmpty() && seen.size() < most) {
        expand(open.poll());
      }
    } catch (BrokenPromise broken) {
      throw broken.after(setting.toString(), Collections.singletonList("at the start"));
    }
    long calls = benches.stream().mapToLong(Bench::calls).sum();
    return new Found(
        setting, seen.size(), steps, calls, mostGuesses, mostForks, stuck, open.isEmpty());
  }

  /** The corrupted HSMs together miss a part of every user's key (INV-3). */
  private void checkShares() {
    BrokenPromise.unless(setting.c() < setting.t(), "INV-3", "a majority is corrupted");
  }

  private void expand(WorldState state) {
    List<Place> certified = certified(state);
    for (int i = 0; i < state.at.length; i++) {
      try {
        captures(state, i);
        for (Place place : certified) {
          Certificate certificate = certificate(state, place);
          step(
              state,
              i,
              Kind.RELEASE,
              place.id(),
              benches.get(i).release(state.at[i], place, certificate));
          if (place != state.at[i].place) {
            step(
                state,
                i,
                Kind.ADOPT,
                place.id(),
                benches.get(i).adopt(state.at[i], place, certificate));
          }
        }
        if (setting.starting()) {
          starts(state, i);
        }
      } catch (ReportedBreach reported) {
        throw reported.broken;
      } catch (BrokenPromise broken) {
        throw broken.after(setting.toString(), schedule(state));
      }
    }
  }

  private void captures(WorldState state, int i) {
    Bench bench = benches.get(i);
    LocalState at = state.at[i];
    if (at.place.depth() < setting.depth()) {
      int newest = newestGuess(state);
      for (int entry = setting.ticks() ? 0 : 1;
          entry <= Math.min(setting.guesses(), newest + 1);
          entry++) {
        step(state, i, Kind.CAPTURE, entry, bench.capture(at, entry));
      }
    }
    if (setting.starting() && !setting.eager()) {
      for (Place p = at.place; p.parent().isPresent(); p = p.parent().get()) {
        if (!at.held.contains(p.k())) {
          step(state, i, Kind.CAPTURE_AGAIN, p.id(), bench.captureAgain(at, p));
        }
        if (at.speaking && !sets.contains(state.stated[i], p.id())) {
          step(state, i, Kind.RESTATE, p.id(), bench.restate(at, p));
        }
      }
    }
  }

  private void starts(WorldState state, int i) {
    Bench bench = benches.get(i);
    LocalState at = state.at[i];
    if (state.restarts < setting.restarts()) {
      step(state, i, Kind.RESTART, 0, bench.restart(at));
    }
    int dirty = 0;
    for (int j = 0; j < state.dirty.length; j++) {
      dirty += j != i && state.dirty[j] ? 1 : 0;
    }
    boolean settled = certified(state).containsAll(statedPlaces(state, i));
    if (state.rollbacks < setting.rollbacks() && dirty < setting.rollbacksAtOnce() && settled) {
      for (Optional<Place> p = at.place.parent(); p.isPresent(); p = p.get().parent()) {
        LocalState old = firstAt.get(i).get(p.get());
        if (old != null) {
          step(state, i, Kind.ROLL_BACK, p.get().id(), bench.rollBack(at, old));
        }
      }
    }
    if (at.speaking) {
      return;
    }
    List<Integer> hearable = new ArrayList<>();
    for (int number : sets.elements(state.pool[i])) {
      hearable.add(number);
    }
    for (int liar = setting.honest() + 1; liar <= setting.n(); liar++) {
      for (Place place : certified(state)) {
        hearable.add(lie(at, liar, place, Optional.of(certificate(state, place))));
      }
      hearable.add(lie(at, liar, world.base(), Optional.empty()));
    }
    if (setting.eager()) {
      hearTogether(state, i, at, hearable, 0, setting.q() - 1);
    } else {
      for (int number : hearable) {
        step(state, i, Kind.HEAR, number, bench.hear(at, number, statuses.get(number)));
      }
    }
  }

  /** What was heard counts once it is enough, so that the host may as well tell it all at once. */
  private void hearTogether(
      WorldState state, int i, LocalState at, List<Integer> hearable, int from, int more) {
    for (int next = from; next < hearable.size(); next++) {
      int number = hearable.get(next);
      Step heard = benches.get(i).hear(at, number, statuses.get(number));
      if (heard.to().speaking) {
        step(state, i, Kind.HEAR, number, heard);
      } else if (more > 1 && heard.to() != at && !heard.refused()) {
        hearTogether(state, i, heard.to(), hearable, next + 1, more - 1);
      }
    }
  }

  private List<Place> statedPlaces(WorldState state, int i) {
    return Arrays.stream(sets.elements(state.stated[i])).mapToObj(world::place).toList();
  }

  private int lie(LocalState at, int liar, Place place, Optional<Certificate> certificate) {
    Bytes nonce = at.nonce.orElseThrow();
    return statuses.number(
        liar, nonce, place, world.forge(liar, nonce, place.values(), certificate));
  }

  /** What the host gains from {@code step}, and whether that is a state not seen before. */
  private void step(WorldState state, int i, Kind kind, int what, Step step) {
    steps++;
    boolean known = step.stated().map(p -> sets.contains(state.stated[i], p.id())).orElse(true);
    boolean counted = (state.evaluated[i] >>> step.evaluated() & 1) == 1 || step.evaluated() == 0;
    if (step.to() == state.at[i] && known && counted) {
      return;
    }
    WorldState next = state.next(kind, i, what);
    gain(next, i, step);
    switch (kind) {
      case RESTART -> next.restarts++;
      case ROLL_BACK -> {
        next.rollbacks++;
        next.dirty[i] = true;
      }
      case CHALLENGE, CAPTURE, CAPTURE_AGAIN, RELEASE, ADOPT, RESTATE, HEAR -> {}
    }
    if (setting.eager()) {
      releaseAll(next);
    }
    if (setting.starting()) {
      challenge(next, i);
      collect(next);
    }
    try {
      visit(next);
    } catch (BrokenPromise broken) {
      throw new ReportedBreach(broken.after(setting.toString(), schedule(next)));
    }
  }

  private void gain(WorldState next, int i, Step step) {
    next.at[i] = step.to();
    step.stated().ifPresent(p -> next.stated[i] = sets.with(next.stated[i], p.id()));
    if (step.evaluated() > 0) {
      next.evaluated[i] |= 1 << step.evaluated();
    }
    next.dirty[i] &= !step.to().speaking;
    firstAt.get(i).putIfAbsent(step.to().place, step.to());
  }

  /**
   * An HSM that lost its nonce is asked for another at once: whatever is signed over a later nonce
   * could be signed over this one too, so that waiting gains the host nothing.
   */
  private void challenge(WorldState next, int i) {
    if (next.at[i].speaking) {
      next.pool[i] = 0;
    } else if (next.at[i].nonce.isEmpty()) {
      next.pool[i] = 0;
      gain(next, i, benches.get(i).challenge(next.at[i]));
    }
  }

  /** Releasing, and stating again, never lessen what a host can do afterwards: done at once. */
  private void releaseAll(WorldState next) {
    if (setting.starting()) {
      for (int i = 0; i < next.at.length; i++) {
        for (Place p = next.at[i].place; p.parent().isPresent(); p = p.parent().get()) {
          if (!next.at[i].held.contains(p.k())) {
            gain(next, i, benches.get(i).captureAgain(next.at[i], p));
          }
          if (next.at[i].speaking && !sets.contains(next.stated[i], p.id())) {
            gain(next, i, benches.get(i).restate(next.at[i], p));
          }
        }
      }
    }
    for (Place place : certified(next)) {
      Certificate certificate = certificate(next, place);
      for (int i = 0; i < next.at.length; i++) {
        gain(next, i, benches.get(i).release(next.at[i], place, certificate));
      }
    }
  }

  /**
   * The host asks everybody for a status over every nonce, at every step: asking changes nothing.
   */
  private void collect(WorldState next) {
    for (int i = 0; i < next.at.length; i++) {
      Optional<Bytes> nonce = next.at[i].nonce;
      if (next.at[i].speaking || nonce.isEmpty()) {
        continue;
      }
      for (int j = 0; j < next.at.length; j++) {
        if (j != i) {
          int number = statuses.number(benches.get(j), next.at[j], nonce.get());
          next.pool[i] = sets.with(next.pool[i], number);
        }
      }
    }
  }

  private void visit(WorldState state) {
    if (!seen.add(state.key(setting.starting()))) {
      return;
    }
    open.add(state);
    int any = state.evaluatedByAny();
    BrokenPromise.unless(
        any <= setting.bound(),
        "INV-2",
        any + " guesses evaluated where " + setting.bound() + " are allowed");
    mostGuesses = Math.max(mostGuesses, state.evaluatedBy(Math.max(1, setting.t() - setting.c())));
    mostForks = Math.max(mostForks, forks(state));
    if (setting.strict() && setting.c() == 0 && !liveness.goesOn(state)) {
      stuck++;
    }
    if (setting.strict() && state.stepKind != null && state.stepHsm == 0) {
      pester(state.at[0]);
    }
  }

  /** By symmetry one HSM stands for all. */
  private void pester(LocalState at) {
    List<Object> kind = List.of(at.place, at.highestCertified, at.speaking, at.nonce.isPresent());
    if (pestered.add(kind)) {
      benches.getFirst().pester(at);
    }
  }

  /** Certified places side by side; more than INV-2 multiplies with means a chain counted twice. */
  private int forks(WorldState state) {
    List<Place> certified = certified(state);
    int ends = 0;
    for (Place place : certified) {
      boolean end = true;
      for (Place other : certified) {
        end &= other == place || !place.leadsTo(other) || place.depth() == 0;
      }
      ends += end && place.depth() > 0 ? 1 : 0;
    }
    BrokenPromise.unless(
        !setting.strict() || ends <= setting.forks(),
        "INV-7",
        ends + " certified chains side by side");
    return ends;
  }

  private int newestGuess(WorldState state) {
    int newest = 0;
    for (int i = 0; i < state.at.length; i++) {
      newest = Math.max(newest, state.at[i].place.newestGuess());
      for (int id : sets.elements(state.stated[i])) {
        newest = Math.max(newest, world.place(id).newestGuess());
      }
    }
    return newest;
  }

  /** The places for which the host has q statements, corrupted HSMs' included. */
  private List<Place> certified(WorldState state) {
    BitSet candidates = new BitSet();
    for (int set : state.stated) {
      for (int id : sets.elements(set)) {
        candidates.set(id);
      }
    }
    List<Place> found = new ArrayList<>();
    for (int id = candidates.nextSetBit(0); id >= 0; id = candidates.nextSetBit(id + 1)) {
      int count = setting.c();
      for (int set : state.stated) {
        count += sets.contains(set, id) ? 1 : 0;
      }
      if (count >= setting.q()) {
        found.add(world.place(id));
      }
    }
    return found;
  }

  private Certificate certificate(WorldState state, Place place) {
    List<Statement> statements = new ArrayList<>();
    for (int i = 1; i <= state.at.length; i++) {
      if (sets.contains(state.stated[i - 1], place.id()) && statements.size() < setting.q()) {
        statements.add(place.statements().get(i));
      }
    }
    for (int i = setting.honest() + 1; statements.size() < setting.q(); i++) {
      int index = i;
      statements.add(
          place.statements().computeIfAbsent(i, liar -> world.forge(index, place.values())));
    }
    return Certificate.of(statements);
  }

  private List<String> schedule(WorldState end) {
    List<String> lines = new ArrayList<>();
    for (WorldState at = end; at.from != null; at = at.from) {
      LocalState to = at.at[at.stepHsm];
      lines.addFirst("HSM %d: %s -> %s".formatted(at.stepHsm + 1, describe(at), to.place));
    }
    return lines;
  }

  private String describe(WorldState at) {
    String place = at.stepKind == Kind.HEAR ? statuses.describe(at.stepWhat) : "";
    return switch (at.stepKind) {
      case CAPTURE -> "capture " + (at.stepWhat == 0 ? "a tick" : "guess " + at.stepWhat);
      case CAPTURE_AGAIN -> "capture again " + world.place(at.stepWhat);
      case RELEASE -> "release with the certificate of " + world.place(at.stepWhat);
      case ADOPT -> "adopt the certificate of " + world.place(at.stepWhat);
      case RESTATE -> "state again " + world.place(at.stepWhat);
      case RESTART -> "restart";
      case ROLL_BACK -> "restart on the memory from " + world.place(at.stepWhat);
      case CHALLENGE -> "challenge";
      case HEAR -> "hear " + place;
    };
  }

  /** Already told with its schedule. */
  private static final class ReportedBreach extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient BrokenPromise broken;

    ReportedBreach(BrokenPromise broken) {
      super(broken);
      this.broken = broken;
    }
  }
}
