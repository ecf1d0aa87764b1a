package dev.coffer.protocol.curve;

import java.util.Arrays;

/**
 * Rows of eight entries, the multiples 1 to 8 of some point, laid out flat. A look-up reads all
 * eight entries of its row and masks seven of them out, so that neither addresses nor timing tell
 * an attacker on the same machine which one was wanted.
 */
final class SelectionTable {
  /** Entries of a row: enough for signed digits −8 to 8. */
  static final int ENTRIES = 8;

  private static final int LIMBS = 5;
  private final int width;
  private final long[] limbs;

  /**
   * @param fields field elements in an entry
   */
  SelectionTable(int rows, int fields) {
    width = fields * LIMBS;
    limbs = new long[rows * ENTRIES * width];
  }

  /** Stores a field element of an entry. */
  void put(int row, int entry, int field, FieldElement value) {
    int at = (row * ENTRIES + entry) * width + field * LIMBS;
    limbs[at] = value.l0;
    limbs[at + 1] = value.l1;
    limbs[at + 2] = value.l2;
    limbs[at + 3] = value.l3;
    limbs[at + 4] = value.l4;
  }

  /**
   * {@code target} = entry number {@code multiple} of {@code row} counted from 1, or zeros for 0.
   * Constant time.
   */
  void select(int row, int multiple, long[] target) {
    Arrays.fill(target, 0, width, 0);
    int at = row * ENTRIES * width;
    for (int entry = 1; entry <= ENTRIES; entry++) {
      long mask = equalMask(entry, multiple);
      for (int i = 0; i < width; i++) {
        target[i] |= mask & limbs[at + i];
      }
      at += width;
    }
  }

  /** All ones if a = b, else 0; for non-negative numbers. */
  static long equalMask(int a, int b) {
    return ((long) (a ^ b) - 1) >> 63;
  }

  /** Reads a field element of a selected entry. */
  static void load(FieldElement target, long[] entry, int field) {
    int at = field * LIMBS;
    target.set(entry[at], entry[at + 1], entry[at + 2], entry[at + 3], entry[at + 4]);
  }

  /** Overwrites the table. */
  void wipe() {
    Arrays.fill(limbs, 0);
  }
}
