package dev.coffer.analysis.search;

import dev.coffer.analysis.search.LocalState.Kind;
import dev.coffer.analysis.search.LocalState.Step;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a host may do with HSMs that start anew: when, on which memory, and what it tells them. */
final class NewLives {
  private final Setting setting;
  private final FoundedWorld world;
  private final List<Bench> benches;
  private final Sets sets;
  private final Quorums quorums;
  private final Statuses statuses;
  private final List<Map<Place, LocalState>> firstAt = new ArrayList<>();

  NewLives(
      Setting setting,
      FoundedWorld world,
      List<Bench> benches,
      Sets sets,
      Quorums quorums,
      Statuses statuses) {
    this.setting = setting;
    this.world = world;
    this.benches = benches;
    this.sets = sets;
    this.quorums = quorums;
    this.statuses = statuses;
    benches.forEach(bench -> firstAt.add(new HashMap<>()));
  }

  /** Where steps go to. */
  interface Taken {
    void step(WorldState state, int i, Kind kind, int what, Step step);
  }

  /** HSM {@code i} stands there: its memory may be put back from now on. */
  void kept(WorldState state, int i) {
    LocalState at = state.at[i];
    firstAt.get(i).putIfAbsent(at.place, at);
    if (setting.atWill(i + 1)) {
      state.been[i] = sets.with(state.been[i], at.place.id());
    }
  }

  /** Every start anew of HSM {@code i}, and everything that it may hear. */
  void offer(WorldState state, int i, Taken taken) {
    LocalState at = state.at[i];
    if (state.restarts < setting.starts().restarts()) {
      taken.step(state, i, Kind.RESTART, 0, benches.get(i).restart(at));
    }
    if (mayRollBack(state, i)) {
      for (Place place : memories(state, i)) {
        LocalState old = firstAt.get(i).get(place);
        if (old != null) {
          taken.step(state, i, Kind.ROLL_BACK, place.id(), benches.get(i).rollBack(at, old));
        }
      }
    }
    if (at.maySign) {
      return;
    }
    List<Integer> hearable = hearable(state, i);
    if (setting.eager()) {
      hearTogether(state, i, at, hearable, 0, setting.q() - 1, taken);
    } else {
      for (int number : hearable) {
        Step heard = benches.get(i).hear(at, number, statuses.get(number));
        taken.step(state, i, Kind.HEAR, number, heard);
      }
    }
  }

  private boolean mayRollBack(WorldState state, int i) {
    if (state.rollbacks >= setting.starts().rollbacks()) {
      return false;
    }
    if (setting.starts().counted() > 0) {
      return setting.atWill(i + 1);
    }
    int dirty = 0;
    for (int j = 0; j < state.dirty.length; j++) {
      dirty += j != i && state.dirty[j] ? 1 : 0;
    }
    return dirty < setting.starts().atOnce() && quorums.settled(state, i);
  }

  /** The places to whose memory HSM {@code i} may be put back. */
  private List<Place> memories(WorldState state, int i) {
    List<Place> places = new ArrayList<>();
    if (setting.atWill(i + 1)) {
      for (int id : sets.elements(state.been[i])) {
        places.add(world.place(id));
      }
    } else {
      Optional<Place> earlier = state.at[i].place.parent();
      while (earlier.isPresent()) {
        places.add(earlier.get());
        earlier = earlier.get().parent();
      }
    }
    return places;
  }

  private List<Integer> hearable(WorldState state, int i) {
    LocalState at = state.at[i];
    Bytes nonce = at.nonce.orElseThrow();
    Set<Integer> hearable = new LinkedHashSet<>();
    int h = state.at.length;
    for (int j = 0; j < h; j++) {
      for (int place : sets.elements(state.pool[i * h + j])) {
        hearable.add(statuses.known(j + 1, nonce, place));
      }
    }
    for (int liar = setting.honest() + 1; liar <= setting.n(); liar++) {
      for (Place place : quorums.certified(state)) {
        hearable.add(lie(nonce, liar, place, Optional.of(quorums.certificate(state, place))));
      }
      hearable.add(lie(nonce, liar, world.base(), Optional.empty()));
    }
    return List.copyOf(hearable);
  }

  private int lie(Bytes nonce, int liar, Place place, Optional<Certificate> certificate) {
    return statuses.number(
        liar, nonce, place, () -> world.forge(liar, nonce, place.values(), certificate));
  }

  /**
   * What was heard counts once it is enough, so that the host may as well tell it all at once.
   * Whichever statuses it takes, an HSM that speaks has forgotten them: the first that do are
   * enough.
   *
   * @return whether it speaks
   */
  private boolean hearTogether(
      WorldState state,
      int i,
      LocalState at,
      List<Integer> hearable,
      int from,
      int more,
      Taken taken) {
    for (int next = from; next < hearable.size(); next++) {
      int number = hearable.get(next);
      Step heard = benches.get(i).hear(at, number, statuses.get(number));
      if (heard.to().maySign) {
        taken.step(state, i, Kind.HEAR, number, heard);
        return true;
      }
      if (more > 1
          && heard.to() != at
          && !heard.refused()
          && hearTogether(state, i, heard.to(), hearable, next + 1, more - 1, taken)) {
        return true;
      }
    }
    return false;
  }

  /**
   * An HSM that lost its nonce is asked for another at once: whatever is signed over a later nonce
   * could be signed over this one too, so that waiting gains the host nothing.
   */
  void challenge(WorldState next, int i) {
    if (next.at[i].maySign) {
      next.forgetStatuses(i);
    } else if (next.at[i].nonce.isEmpty()) {
      next.forgetStatuses(i);
      next.at[i] = benches.get(i).challenge(next.at[i]).to();
    }
  }

  /**
   * The host asks everybody for a status over every nonce, at every step: asking changes nothing.
   */
  void collect(WorldState next) {
    int h = next.at.length;
    for (int i = 0; i < h; i++) {
      Optional<Bytes> nonce = next.at[i].nonce;
      if (next.at[i].maySign || nonce.isEmpty()) {
        continue;
      }
      for (int j = 0; j < h; j++) {
        if (j != i) {
          statuses.number(benches.get(j), next.at[j], nonce.get());
          next.pool[i * h + j] = sets.with(next.pool[i * h + j], next.at[j].place.id());
        }
      }
    }
  }
}
