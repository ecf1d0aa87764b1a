package dev.coffer.protocol.threshold;

import java.util.ArrayList;
import java.util.List;

/** Subsets of {1, …, n}. */
final class Combinations {
  private Combinations() {}

  /** All subsets of {@code size} elements in lexicographic order, each sorted. */
  static List<List<Integer>> of(int size, int n) {
    List<List<Integer>> all = new ArrayList<>();
    extend(List.of(), size, n, all);
    return List.copyOf(all);
  }

  private static void extend(List<Integer> start, int size, int n, List<List<Integer>> all) {
    if (start.size() == size) {
      all.add(start);
      return;
    }
    int next = start.isEmpty() ? 1 : start.get(start.size() - 1) + 1;
    for (int i = next; i <= n; i++) {
      List<Integer> longer = new ArrayList<>(start);
      longer.add(i);
      extend(List.copyOf(longer), size, n, all);
    }
  }
}
