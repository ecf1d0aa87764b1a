package dev.coffer.analysis.world;

import java.util.Map;
import java.util.TreeMap;

/** What came of many worlds. Thread-safe. */
final class Campaign {
  private final TreeMap<String, Long> faults = new TreeMap<>();
  private final TreeMap<String, Long> doings = new TreeMap<>();
  private final TreeMap<String, Long> ends = new TreeMap<>();
  private final TreeMap<String, Long> guesses = new TreeMap<>();
  private final TreeMap<Long, String> broken = new TreeMap<>();
  private long worlds;

  /** Runs one world and counts it. Empty if every promise held, otherwise its story. */
  String run(long seed) {
    try {
      add(new World(seed).run());
      return "";
    } catch (RuntimeException e) {
      String story = String.valueOf(e.getMessage());
      lost(seed, story.lines().findFirst().orElse(""));
      return story;
    }
  }

  private synchronized void add(World.Verdict verdict) {
    worlds++;
    merge(verdict.faults(), faults);
    merge(verdict.doings(), doings);
    ends.merge(verdict.ending(), 1L, Long::sum);
    guesses.merge(verdict.mostGuesses() + " of " + verdict.setting().bound(), 1L, Long::sum);
  }

  private synchronized void lost(long seed, String why) {
    worlds++;
    broken.put(seed, why);
  }

  private static void merge(Map<String, Long> from, Map<String, Long> into) {
    from.forEach((kind, count) -> into.merge(kind, count, Long::sum));
  }

  synchronized long worlds() {
    return worlds;
  }

  /** Seeds whose worlds broke a promise, and which. */
  synchronized TreeMap<Long, String> broken() {
    return new TreeMap<>(broken);
  }

  synchronized TreeMap<String, Long> faults() {
    return new TreeMap<>(faults);
  }

  synchronized TreeMap<String, Long> doings() {
    return new TreeMap<>(doings);
  }

  synchronized TreeMap<String, Long> ends() {
    return new TreeMap<>(ends);
  }

  /** How many worlds came how close to their bound of evaluated guesses. */
  synchronized TreeMap<String, Long> guesses() {
    return new TreeMap<>(guesses);
  }
}
