package dev.coffer.verification.search;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.verification.search.LocalState.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From here on hosts are honest, and all HSMs alive: a new entry gets certified, unless the hosts
 * before have led fewer than q HSMs along any one chain, which THREAT_MODEL gives up.
 */
final class Liveness {
  private final Setting setting;
  private final List<Bench> benches;
  private final Statuses statuses;

  Liveness(Setting setting, List<Bench> benches, Statuses statuses) {
    this.setting = setting;
    this.benches = benches;
    this.statuses = statuses;
  }

  /** Whether there was a chain to go on with; throws if there was and it does not go on. */
  boolean goesOn(WorldState state) {
    for (LocalState tip : state.at) {
      List<Integer> along = new ArrayList<>();
      for (int i = 0; i < state.at.length; i++) {
        if (state.at[i].place.leadsTo(tip.place)) {
          along.add(i);
        }
      }
      if (along.size() >= setting.q()) {
        goOn(state.at.clone(), along, tip.place);
        return true;
      }
    }
    return false;
  }

  private void goOn(LocalState[] at, List<Integer> along, Place tip) {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (int i : along) {
        moved |= catchUp(at, i, tip);
      }
      speak(at, along);
      certify(at, along);
    }
    for (int i : along) {
      BrokenPromise.unless(
          at[i].place == tip && at[i].speaking,
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
    BrokenPromise.unless(certify(at, along), "liveness", "no certificate after " + tip);
  }

  private boolean catchUp(LocalState[] at, int i, Place tip) {
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

  private void speak(LocalState[] at, List<Integer> along) {
    for (int i : along) {
      if (at[i].speaking) {
        continue;
      }
      at[i] = benches.get(i).challenge(at[i]).to();
      Bytes nonce = at[i].nonce.orElseThrow();
      for (int j : along) {
        if (j != i && !at[i].speaking) {
          int number = statuses.number(benches.get(j), at[j], nonce);
          at[i] = benches.get(i).hear(at[i], number, statuses.get(number)).to();
        }
      }
    }
  }

  /** Certifies the place where all those stand who stand furthest behind, and releases. */
  private boolean certify(LocalState[] at, List<Integer> along) {
    Place least = at[along.getFirst()].place;
    for (int i : along) {
      least = at[i].place.leadsTo(least) ? at[i].place : least;
    }
    if (least.parent().isEmpty()) {
      return false;
    }
    List<Statement> statements = new ArrayList<>();
    for (int i : along) {
      if (at[i].speaking && statements.size() < setting.q()) {
        Optional<Place> stated = benches.get(i).restate(at[i], least).stated();
        stated.ifPresent(place -> statements.add(place.statements().get(i + 1)));
      }
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
