package dev.coffer.protocol.curve;

import java.util.Arrays;

/**
 * Rows of eight entries, the multiples 1 to 8 of some point, each of a few field elements. A
 * look-up reads all eight entries of its row and masks seven of them out, so that neither addresses
 * nor timing tell an attacker on the same machine which one was wanted. The same limb of all eight
 * entries lies together: one look-up of a limb touches one cache line.
 */
final class SelectionTable {
  /** Entries of a row: enough for signed digits −8 to 8. */
  static final int ENTRIES = 8;

  private static final int LIMBS = 5;
  private final int fields;
  private final long[] limbs;

  /**
   * @param fields field elements in an entry
   */
  SelectionTable(int rows, int fields) {
    this.fields = fields;
    this.limbs = new long[rows * fields * LIMBS * ENTRIES];
  }

  private int start(int row, int field) {
    return (row * fields + field) * LIMBS * ENTRIES;
  }

  /** Stores a field element of the entry for {@code multiple}, 1 to 8. */
  void put(int row, int multiple, int field, FieldElement value) {
    int at = start(row, field) + multiple - 1;
    limbs[at] = value.l0;
    limbs[at + ENTRIES] = value.l1;
    limbs[at + 2 * ENTRIES] = value.l2;
    limbs[at + 3 * ENTRIES] = value.l3;
    limbs[at + 4 * ENTRIES] = value.l4;
  }

  /**
   * {@code target} = a field element of the entry for {@code multiple}, or the constant {@code
   * otherwise} for 0. Constant time.
   */
  void select(FieldElement target, int row, int multiple, int field, long otherwise) {
    long m1 = equalMask(1, multiple),
        m2 = equalMask(2, multiple),
        m3 = equalMask(3, multiple),
        m4 = equalMask(4, multiple);
    long m5 = equalMask(5, multiple),
        m6 = equalMask(6, multiple),
        m7 = equalMask(7, multiple),
        m8 = equalMask(8, multiple);
    int at = start(row, field);
    target.l0 = pick(at, m1, m2, m3, m4, m5, m6, m7, m8) | equalMask(0, multiple) & otherwise;
    target.l1 = pick(at + ENTRIES, m1, m2, m3, m4, m5, m6, m7, m8);
    target.l2 = pick(at + 2 * ENTRIES, m1, m2, m3, m4, m5, m6, m7, m8);
    target.l3 = pick(at + 3 * ENTRIES, m1, m2, m3, m4, m5, m6, m7, m8);
    target.l4 = pick(at + 4 * ENTRIES, m1, m2, m3, m4, m5, m6, m7, m8);
  }

  private long pick(
      int at, long m1, long m2, long m3, long m4, long m5, long m6, long m7, long m8) {
    long[] t = limbs;
    return (m1 & t[at] | m2 & t[at + 1] | m3 & t[at + 2] | m4 & t[at + 3])
        | (m5 & t[at + 4] | m6 & t[at + 5] | m7 & t[at + 6] | m8 & t[at + 7]);
  }

  /** All ones if a = b, else 0; for non-negative numbers. */
  private static long equalMask(int a, int b) {
    return ((long) (a ^ b) - 1) >> 63;
  }

  /** Overwrites the table. */
  void wipe() {
    Arrays.fill(limbs, 0);
  }
}
