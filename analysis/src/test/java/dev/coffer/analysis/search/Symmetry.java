package dev.coffer.analysis.search;

import java.util.Arrays;

/**
 * Names that equal states of a world share. Apart from corrupted HSMs and those whose memories
 * hosts put back at will, no HSM differs from another, so states that differ by a renaming of HSMs
 * share a name too: the least of all that the renamings give.
 */
final class Symmetry {
  private final Setting setting;
  private final boolean merging;

  /**
   * @param merging whether renamings are looked for at all
   */
  Symmetry(Setting setting, boolean merging) {
    this.setting = setting;
    this.merging = merging;
  }

  Key key(WorldState state) {
    int h = state.at.length;
    long[] own = new long[h];
    for (int i = 0; i < h; i++) {
      own[i] =
          ((long) state.at[i].kind << 40) | ((long) state.stated[i] << 12) | state.evaluated[i];
    }
    if (!setting.starting()) {
      if (merging) {
        Arrays.sort(own);
      }
      return new Key(own);
    }
    long[] mark = new long[h];
    boolean asked = false;
    for (int i = 0; i < h; i++) {
      mark[i] =
          ((long) state.been[i] << 2) | (state.dirty[i] ? 2 : 0) | (setting.atWill(i + 1) ? 1 : 0);
      asked |= !state.at[i].maySign;
    }
    int[] order = new int[h];
    for (int i = 0; i < h; i++) {
      order[i] = i;
    }
    if (!merging) {
      return named(state, own, mark, order);
    }
    sort(order, own, mark);
    return asked ? least(state, own, mark, order, 0) : named(state, own, mark, order);
  }

  private static void sort(int[] order, long[] own, long[] mark) {
    for (int i = 1; i < order.length; i++) {
      for (int j = i; j > 0 && compare(order[j], order[j - 1], own, mark) < 0; j--) {
        swap(order, j, j - 1);
      }
    }
  }

  private static int compare(int a, int b, long[] own, long[] mark) {
    int first = Long.compare(own[a], own[b]);
    return first != 0 ? first : Long.compare(mark[a], mark[b]);
  }

  private static void swap(int[] order, int a, int b) {
    int kept = order[a];
    order[a] = order[b];
    order[b] = kept;
  }

  /** The least name over all orders of those that look alike, from position {@code from} on. */
  private Key least(WorldState state, long[] own, long[] mark, int[] order, int from) {
    if (from == order.length) {
      return named(state, own, mark, order);
    }
    Key best = least(state, own, mark, order, from + 1);
    for (int other = from + 1;
        other < order.length && compare(order[from], order[other], own, mark) == 0;
        other++) {
      int[] swapped = order.clone();
      swap(swapped, from, other);
      Key next = least(state, own, mark, swapped, from + 1);
      best = next.compareTo(best) < 0 ? next : best;
    }
    return best;
  }

  private static Key named(WorldState state, long[] own, long[] mark, int[] order) {
    int h = order.length;
    long[] parts = new long[2 * h + 1 + h * h];
    int at = 0;
    for (int i : order) {
      parts[at++] = own[i];
      parts[at++] = mark[i];
    }
    parts[at++] = ((long) state.restarts << 8) | state.rollbacks;
    for (int i : order) {
      if (state.at[i].maySign) {
        continue;
      }
      for (int j : order) {
        parts[at++] = state.pool[i * h + j];
      }
    }
    return new Key(Arrays.copyOf(parts, at));
  }

  /** A name. */
  static final class Key implements Comparable<Key> {
    private final long[] parts;
    private final int hash;

    private Key(long[] parts) {
      this.parts = parts;
      long mixed = 1;
      for (long part : parts) {
        mixed = (mixed ^ part) * 0x9E3779B97F4A7C15L;
        mixed ^= mixed >>> 29;
      }
      this.hash = Long.hashCode(mixed);
    }

    @Override
    public int compareTo(Key other) {
      return Arrays.compare(parts, other.parts);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && Arrays.equals(parts, that.parts);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
