package dev.coffer.analysis.search;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What a host can certify with the statements it ever got, and with corrupted HSMs' keys. */
final class Quorums {
  private final Setting setting;
  private final FoundedWorld world;
  private final Sets sets;

  Quorums(Setting setting, FoundedWorld world, Sets sets) {
    this.setting = setting;
    this.world = world;
    this.sets = sets;
  }

  /** The places for which the host has q statements, corrupted HSMs' included. */
  List<Place> certified(WorldState state) {
    return stated(state, setting.q());
  }

  /** The places for which it dresses up a certificate: of q statements, or of fewer. */
  List<Place> offered(WorldState state) {
    return stated(state, setting.manner().offered());
  }

  private List<Place> stated(WorldState state, int fewest) {
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
      if (count >= fewest) {
        found.add(world.place(id));
      }
    }
    return found;
  }

  /** As many statements for {@code place} as there are, up to q. */
  Certificate certificate(WorldState state, Place place) {
    List<Statement> statements = new ArrayList<>();
    for (int i = 1; i <= state.at.length; i++) {
      if (sets.contains(state.stated[i - 1], place.id()) && statements.size() < setting.q()) {
        statements.add(place.statements().get(i));
      }
    }
    for (int i = setting.honest() + 1; i <= setting.n() && statements.size() < setting.q(); i++) {
      statements.add(liars(i, place));
    }
    return Certificate.of(statements);
  }

  /** What corrupted HSM {@code index} states at {@code place}. */
  Statement liars(int index, Place place) {
    return place.statements().computeIfAbsent(index, liar -> world.forge(liar, place.values()));
  }

  /** Certified places side by side; more than INV-2 multiplies with means a chain counted twice. */
  int forks(WorldState state) {
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

  /** Is all that HSM {@code i} ever stated certified by now? */
  boolean settled(WorldState state, int i) {
    List<Place> certified = certified(state);
    for (int id : sets.elements(state.stated[i])) {
      if (!certified.contains(world.place(id))) {
        return false;
      }
    }
    return true;
  }
}
