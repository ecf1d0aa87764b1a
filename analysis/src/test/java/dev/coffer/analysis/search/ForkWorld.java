package dev.coffer.analysis.search;

import dev.coffer.analysis.search.LocalState.Kind;
import dev.coffer.analysis.search.LocalState.Step;
import dev.coffer.protocol.chain.Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private final Set<Symmetry.Key> seen = new HashSet<>();
  private final Set<Symmetry.Key> seenUpToNames = new HashSet<>();
  private final ArrayDeque<WorldState> open = new ArrayDeque<>();
  private final Symmetry names;
  private final Symmetry upToNames;
  private final Statuses statuses;
  private final Quorums quorums;
  private final NewLives lives;
  private final Liveness liveness;
  private final Set<List<Object>> pestered = new HashSet<>();
  private long steps;
  private int mostGuesses;
  private int mostForks;
  private int stuck;

  /**
   * What a search found out.
   *
   * @param shapes states that no renaming of HSMs makes equal; as many as states where those are
   *     merged
   */
  record Found(
      Setting setting,
      int states,
      int shapes,
      long steps,
      long calls,
      int guesses,
      int forks,
      int stuck,
      boolean complete) {
    @Override
    public String toString() {
      return ("%-95s %,9d states %,10d steps %,7d HSM calls;"
              + " most guesses %d of %d, forks %d of %d, %,d stuck by forks%s%s")
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
              shapes < states ? ", %,d up to names".formatted(shapes) : "",
              complete ? "" : " (cut short)");
    }
  }

  ForkWorld(Setting setting) {
    this.setting = setting;
    this.world = new FoundedWorld(setting);
    this.names = new Symmetry(setting, setting.symmetric());
    this.upToNames = new Symmetry(setting, true);
    this.statuses = new Statuses(world);
    Map<String, Integer> kinds = new HashMap<>();
    for (int i = 1; i <= setting.honest(); i++) {
      benches.add(new Bench(world, setting, i, kinds));
    }
    this.quorums = new Quorums(setting, world, sets);
    this.lives = new NewLives(setting, world, benches, sets, quorums, statuses);
    this.liveness = new Liveness(setting, world, benches, statuses, quorums);
  }

  /** Explores all states, or {@code most} of them. */
  Found explore(int most) {
    WorldState first =
        new WorldState(benches.stream().map(Bench::start).toArray(LocalState[]::new));
    try {
      if (setting.strict()) {
        new SharingRules(world, setting.n()).check();
      }
      for (int i = 0; i < first.at.length; i++) {
        lives.kept(first, i);
      }
      visit(first);
      while (!open.isEmpty() && seen.size() < most) {
        expand(open.poll());
      }
    } catch (ReportedBreach reported) {
      throw reported.broken;
    } catch (BrokenPromise broken) {
      throw broken.after(setting.toString(), Collections.singletonList("at the start"));
    }
    long calls = benches.stream().mapToLong(Bench::calls).sum();
    int shapes = setting.manner().symmetric() ? seen.size() : seenUpToNames.size();
    return new Found(
        setting, seen.size(), shapes, steps, calls, mostGuesses, mostForks, stuck, open.isEmpty());
  }

  private void expand(WorldState state) {
    List<Place> offered = quorums.offered(state);
    for (int i = 0; i < state.at.length; i++) {
      try {
        captures(state, i);
        for (Place place : offered) {
          certificates(state, i, place);
        }
        if (setting.starting()) {
          lives.offer(state, i, this::step);
        }
      } catch (BrokenPromise broken) {
        throw new ReportedBreach(
            broken.after(setting.toString(), new Schedule(world, statuses).to(state)));
      }
    }
  }

  private void certificates(WorldState state, int i, Place place) {
    Certificate certificate = quorums.certificate(state, place);
    Bench bench = benches.get(i);
    Step released = bench.release(state.at[i], place, certificate);
    step(state, i, Kind.RELEASE, place.id(), released);
    if (place != state.at[i].place) {
      step(state, i, Kind.ADOPT, place.id(), bench.adopt(state.at[i], place, certificate));
    }
  }

  private void captures(WorldState state, int i) {
    Bench bench = benches.get(i);
    LocalState at = state.at[i];
    if (at.place.depth() < setting.depth() && !at.place.progress().idle()) {
      for (int entry : entries(state, at.place)) {
        step(state, i, Kind.CAPTURE, entry, bench.capture(at, entry));
      }
    }
    if (setting.starting() && !setting.eager()) {
      for (Place p = at.place; p.parent().isPresent(); p = p.parent().get()) {
        if (!at.held.contains(p.k())) {
          step(state, i, Kind.CAPTURE_AGAIN, p.id(), bench.captureAgain(at, p));
        }
        if (at.maySign && !sets.contains(state.stated[i], p.id())) {
          step(state, i, Kind.RESTATE, p.id(), bench.restate(at, p));
        }
      }
    }
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
        next.dirty[i] = setting.starts().counted() == 0;
      }
      case CHALLENGE, CAPTURE, CAPTURE_AGAIN, RELEASE, ADOPT, RESTATE, HEAR -> {}
    }
    try {
      if (setting.eager()) {
        releaseAll(next);
      }
      if (setting.starting()) {
        lives.challenge(next, i);
        lives.collect(next);
      }
      visit(next);
    } catch (BrokenPromise broken) {
      throw new ReportedBreach(
          broken.after(setting.toString(), new Schedule(world, statuses).to(next)));
    }
  }

  private void gain(WorldState next, int i, Step step) {
    next.at[i] = step.to();
    step.stated().ifPresent(p -> next.stated[i] = sets.with(next.stated[i], p.id()));
    if (step.evaluated() > 0) {
      next.evaluated[i] |= 1 << step.evaluated();
    }
    next.dirty[i] &= !step.to().maySign;
    if (setting.starting()) {
      lives.kept(next, i);
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
          if (next.at[i].maySign && !sets.contains(next.stated[i], p.id())) {
            gain(next, i, benches.get(i).restate(next.at[i], p));
          }
        }
      }
    }
    for (Place place : quorums.offered(next)) {
      Certificate certificate = quorums.certificate(next, place);
      for (int i = 0; i < next.at.length; i++) {
        gain(next, i, benches.get(i).release(next.at[i], place, certificate));
      }
    }
  }

  private void visit(WorldState state) {
    if (!seen.add(names.key(state))) {
      return;
    }
    if (!setting.manner().symmetric()) {
      seenUpToNames.add(upToNames.key(state));
    }
    open.add(state);
    int any = state.evaluatedByAny();
    BrokenPromise.unless(
        any <= setting.bound(),
        "INV-2",
        any + " guesses evaluated where " + setting.bound() + " are allowed");
    mostGuesses = Math.max(mostGuesses, state.evaluatedBy(Math.max(1, setting.t() - setting.c())));
    mostForks = Math.max(mostForks, quorums.forks(state));
    if (!setting.strict()) {
      return;
    }
    if (!liveness.goesOn(state)) {
      stuck++;
    }
    for (int i = 0; i < state.at.length; i++) {
      pester(i, state.at[i]);
    }
  }

  /** Each HSM in every state of its own; where renamings are merged, one of those that share it. */
  private void pester(int i, LocalState at) {
    List<Object> kind =
        List.of(
            setting.symmetric() ? 0 : i,
            at.place,
            at.highestCertified,
            at.maySign,
            at.nonce.isPresent());
    if (pestered.add(kind)) {
      benches.get(i).pester(at);
    }
  }

  /** What may be captured at {@code place}: whatever was made before, and what may be made now. */
  private List<Integer> entries(WorldState state, Place place) {
    BitSet made = made(state);
    int newest = made.stream().map(entry -> world.orderable(entry).guess()).max().orElse(0);
    List<Integer> entries = new ArrayList<>();
    if (setting.ticks()) {
      entries.add(0);
    }
    if (!setting.recovering()) {
      for (int guess = 1; guess <= Math.min(setting.guesses(), newest + 1); guess++) {
        entries.add(world.guess(guess, 0));
      }
      return entries;
    }
    made.stream().filter(entry -> entry > 0).forEach(entries::add);
    if (newest < setting.guesses()) {
      entries.add(world.guess(newest + 1, place.depth()));
    }
    for (Place certified : quorums.certified(state)) {
      certified.progress().right().ifPresent(right -> entries.add(world.success(right)));
    }
    entries.add(world.right());
    return entries.stream().distinct().toList();
  }

  /** The entries that were made by then. */
  private BitSet made(WorldState state) {
    BitSet made = new BitSet();
    for (int i = 0; i < state.at.length; i++) {
      made.or(state.at[i].place.made());
      for (int id : sets.elements(state.stated[i])) {
        made.or(world.place(id).made());
      }
      for (int id : sets.elements(state.been[i])) {
        made.or(world.place(id).made());
      }
    }
    return made;
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
