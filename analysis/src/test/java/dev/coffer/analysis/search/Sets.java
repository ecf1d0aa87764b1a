package dev.coffer.analysis.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sets of small numbers, each kept once and named by a number. Set 0 is empty. */
final class Sets {
  private record Grown(int set, int element) {}

  private final List<int[]> sets = new ArrayList<>(List.of(new int[0]));
  private final Map<List<Integer>, Integer> known = new HashMap<>(Map.of(List.of(), 0));
  private final Map<Grown, Integer> grown = new HashMap<>();

  int[] elements(int set) {
    return sets.get(set);
  }

  boolean contains(int set, int element) {
    return Arrays.binarySearch(sets.get(set), element) >= 0;
  }

  /** The set with one more element. */
  int with(int set, int element) {
    if (contains(set, element)) {
      return set;
    }
    return grown.computeIfAbsent(new Grown(set, element), this::grow);
  }

  private int grow(Grown g) {
    int[] old = sets.get(g.set());
    int[] next = Arrays.copyOf(old, old.length + 1);
    next[old.length] = g.element();
    Arrays.sort(next);
    List<Integer> name = Arrays.stream(next).boxed().toList();
    Integer there = known.get(name);
    if (there == null) {
      there = sets.size();
      sets.add(next);
      known.put(name, there);
    }
    return there;
  }
}
