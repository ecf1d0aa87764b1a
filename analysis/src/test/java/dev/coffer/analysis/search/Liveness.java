package dev.coffer.analysis.search;

import dev.coffer.analysis.search.LocalState.Step;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * From here on hosts are honest, and all HSMs alive: a new entry gets certified, unless the hosts
 * before have led fewer than q HSMs along any one chain, which THREAT_MODEL gives up. Corrupted
 * HSMs are not needed where q honest ones stand along a chain; where fewer do, it goes on with
 * those corrupted ones that do as they should.
 */
final class Liveness {
  private final Setting setting;
  private final FoundedWorld world;
  private final List<Bench> benches;
  private final Statuses statuses;
  private final Quorums quorums;

  Liveness(
      Setting setting,
      FoundedWorld world,
      List<Bench> benches,
      Statuses statuses,
      Quorums quorums) {
    this.setting = setting;
    this.world = world;
    this.benches = benches;
    this.statuses = statuses;
    this.quorums = quorums;
  }

  /** Whether there was a chain to go on with; throws if there was one that does not go on. */
  boolean goesOn(WorldState state) {
    Set<Place> tips = new LinkedHashSet<>();
    for (LocalState at : state.at) {
      tips.add(at.place);
    }
    boolean any = false;
    for (Place tip : tips) {
      List<Integer> along = new ArrayList<>();
      for (int i = 0; i < state.at.length; i++) {
        if (state.at[i].place.leadsTo(tip)) {
          along.add(i);
        }
      }
      if (along.size() + setting.c() >= setting.q()) {
        new Course(state.at.clone(), along, tip).run();
        any = true;
      }
    }
    return any;
  }

  /** One chain, and the HSMs that stand along it. */
  private final class Course {
    private final LocalState[] at;
    private final List<Integer> along;
    private final Place tip;
    private final boolean helped;

    Course(LocalState[] at, List<Integer> along, Place tip) {
      this.at = at;
      this.along = along;
      this.tip = tip;
      this.helped = along.size() < setting.q();
    }

    void run() {
      boolean moved = true;
      while (moved) {
        moved = false;
        for (int i : along) {
          moved |= catchUp(i);
        }
        speak();
        certify();
      }
      for (int i : along) {
        BrokenPromise.unless(
            at[i].place == tip && at[i].maySign,
            "liveness",
            "HSM " + (i + 1) + " cannot be brought to " + tip);
      }
      for (int i : along) {
        Step next = benches.get(i).capture(at[i], 0);
        BrokenPromise.unless(
            !next.refused() && next.stated().isPresent(),
            "liveness",
            "HSM " + (i + 1) + " does not go on after " + tip);
        at[i] = next.to();
      }
      BrokenPromise.unless(certify(), "liveness", "no certificate after " + tip);
    }

    private boolean catchUp(int i) {
      if (at[i].place == tip) {
        return false;
      }
      Place next = tip;
      while (next.depth() > at[i].place.depth() + 1) {
        next = next.parent().orElseThrow();
      }
      Step step = benches.get(i).capture(at[i], next.entry());
      at[i] = step.to();
      return !step.refused();
    }

    private void speak() {
      for (int i : along) {
        if (at[i].maySign) {
          continue;
        }
        at[i] = benches.get(i).challenge(at[i]).to();
        Bytes nonce = at[i].nonce.orElseThrow();
        for (int j : along) {
          if (j != i && !at[i].maySign) {
            hear(i, statuses.number(benches.get(j), at[j], nonce));
          }
        }
        for (int helper = setting.honest() + 1; helped && helper <= setting.n(); helper++) {
          int index = helper;
          Place there = at[i].place;
          hear(
              i,
              statuses.number(
                  index,
                  nonce,
                  there,
                  () -> world.forge(index, nonce, there.values(), Optional.empty())));
        }
      }
    }

    private void hear(int i, int number) {
      if (!at[i].maySign) {
        at[i] = benches.get(i).hear(at[i], number, statuses.get(number)).to();
      }
    }

    /** Certifies the place where all those stand who stand furthest behind, and releases. */
    private boolean certify() {
      Place least = at[along.getFirst()].place;
      for (int i : along) {
        least = at[i].place.leadsTo(least) ? at[i].place : least;
      }
      if (least.parent().isEmpty()) {
        return false;
      }
      List<Statement> statements = new ArrayList<>();
      for (int i : along) {
        if (at[i].maySign && statements.size() < setting.q()) {
          Optional<Place> stated = benches.get(i).restate(at[i], least).stated();
          stated.ifPresent(place -> statements.add(place.statements().get(i + 1)));
        }
      }
      for (int helper = setting.honest() + 1;
          helped && helper <= setting.n() && statements.size() < setting.q();
          helper++) {
        statements.add(quorums.liars(helper, least));
      }
      if (statements.size() < setting.q()) {
        return false;
      }
      Certificate certificate = Certificate.of(statements);
      for (int i : along) {
        at[i] = benches.get(i).release(at[i], least, certificate).to();
      }
      return true;
    }
  }
}
