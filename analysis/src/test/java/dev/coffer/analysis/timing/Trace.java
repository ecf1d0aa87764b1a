package dev.coffer.analysis.timing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What instrumented code did, in order: which way every branch went, which element of every array
 * it touched, which methods it entered. One thread at a time. Public for the instrumented classes,
 * which a loader of their own loads.
 */
public final class Trace {
  private static final List<String> SITES = new ArrayList<>();
  private static final Map<String, Integer> NUMBERS = new HashMap<>();
  private static final int EVENTS_MAX = 1 << 24;

  private static int[] events = new int[1 << 16];
  private static int size;
  private static boolean on;

  private final int[] recorded;

  private Trace(int[] recorded) {
    this.recorded = recorded;
  }

  /** The number of a place in the code. */
  static synchronized int site(String name) {
    return NUMBERS.computeIfAbsent(
        name,
        unused -> {
          SITES.add(name);
          return SITES.size() - 1;
        });
  }

  /** Called by instrumented code: this place was reached. */
  public static void at(int site) {
    if (on) {
      add(site);
    }
  }

  /** Called by instrumented code: this element of an array is touched. */
  public static void index(int index) {
    if (on) {
      add(-1 - index);
    }
  }

  private static void add(int event) {
    if (size == events.length) {
      if (size == EVENTS_MAX) {
        throw new IllegalStateException("a trace grew without end");
      }
      events = Arrays.copyOf(events, 2 * size);
    }
    events[size++] = event;
  }

  /** Something to trace. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** The trace of {@code work}. */
  static Trace of(Work work) throws Exception {
    size = 0;
    on = true;
    try {
      work.run();
    } finally {
      on = false;
    }
    return new Trace(Arrays.copyOf(events, size));
  }

  /** Branches, array elements and calls in it. */
  int length() {
    return recorded.length;
  }

  /** Where another trace first does something else; empty if it never does. */
  Optional<String> difference(Trace other) {
    int at = Arrays.mismatch(recorded, other.recorded);
    if (at < 0) {
      return Optional.empty();
    }
    int before = at;
    while (before > 0 && (before >= recorded.length || recorded[before] < 0)) {
      before--;
    }
    return Optional.of(
        "event %d, at or after %s".formatted(at, SITES.get(Math.max(0, recorded[before]))));
  }

  /** How often each method was entered, by its name. */
  Map<String, Integer> calls() {
    Map<String, Integer> calls = new TreeMap<>();
    for (int event : recorded) {
      if (event >= 0 && SITES.get(event).endsWith("()")) {
        calls.merge(SITES.get(event), 1, Integer::sum);
      }
    }
    return calls;
  }
}
