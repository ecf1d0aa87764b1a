package dev.coffer.verification.torture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Over all accounts together: the certified order agrees with the clock (INV-7). What was sent
 * after another call had been answered stands behind it. One history has one head a k: two
 * certified heads at one k are a fork that became visible.
 */
final class PlacesChecker {
  private final Map<Long, String> heads = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private long newest;

  /** A verified certificate said so. Thread-safe. */
  synchronized void certified(long k, String head) {
    heardOf(k);
    String known = heads.putIfAbsent(k, head);
    if (known != null && !known.equals(head)) {
      faults.add("two certified heads at k = " + k);
    }
  }

  /** A client has verified a certificate of this k. Thread-safe. */
  synchronized void heardOf(long k) {
    newest = Math.max(newest, k);
  }

  /** The newest that any client has heard of; 0 if none has. Thread-safe. */
  synchronized long newest() {
    return newest;
  }

  /** What was wrong so far. Thread-safe. */
  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  /** Entries seen certified. Thread-safe. */
  synchronized int entries() {
    return heads.size();
  }

  /** Calls that were answered from an older place than one answered before they were sent. */
  static List<String> misplaced(List<Call> calls) {
    List<Call> answered = calls.stream().filter(call -> call.place().isPresent()).toList();
    List<Call> byBeginning =
        answered.stream().sorted(Comparator.comparingLong(Call::began)).toList();
    List<Call> byEnd = answered.stream().sorted(Comparator.comparingLong(Call::ended)).toList();
    List<String> misplaced = new ArrayList<>();
    Optional<Call> newest = Optional.empty();
    int ended = 0;
    for (Call call : byBeginning) {
      while (byEnd.get(ended).ended() < call.began()) {
        Call other = byEnd.get(ended++);
        boolean newer =
            newest.isEmpty() || newest.get().place().get().before(other.place().orElseThrow());
        newest = newer ? Optional.of(other) : newest;
      }
      if (newest.isPresent() && !newest.get().place().get().before(call.place().orElseThrow())) {
        misplaced.add(call + " stands not behind " + newest.get());
      }
    }
    return misplaced;
  }
}
