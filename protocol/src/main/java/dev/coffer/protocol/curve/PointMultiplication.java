package dev.coffer.protocol.curve;

import java.util.Arrays;

/**
 * Multiples of arbitrary points. Stateless; each call allocates its work space once and erases it.
 */
public final class PointMultiplication {
  /** Fields of a {@link CachedPoint}. */
  private static final int FIELDS = 4;

  private PointMultiplication() {}

  /**
   * result = k·p in constant time: signed digits in radix 16, most significant first, masked
   * look-ups of 1p … 8p.
   */
  public static void multiply(EdwardsPoint result, CurveScalar k, EdwardsPoint p) {
    SelectionTable table = new SelectionTable(1, FIELDS);
    CompletedPoint completed = new CompletedPoint();
    CachedPoint addend = new CachedPoint();
    byte[] digits = SignedDigits.radix16(k);
    fill(table, p, completed, addend);
    EdwardsPoint sum = new EdwardsPoint();
    for (int i = SignedDigits.COUNT - 1; i >= 0; i--) {
      select(addend, table, digits[i]);
      sum.set(completed);
      completed.add(sum, addend);
      if (i == 0) {
        break;
      }
      for (int j = 0; j < 4; j++) {
        sum.setWithoutT(completed);
        completed.twice(sum);
      }
    }
    result.set(completed);
    table.wipe();
    completed.wipe();
    addend.wipe();
    sum.wipe();
    Arrays.fill(digits, (byte) 0);
  }

  private static void fill(
      SelectionTable table, EdwardsPoint p, CompletedPoint completed, CachedPoint addend) {
    CachedPoint base = new CachedPoint().set(p);
    EdwardsPoint multiple = new EdwardsPoint().set(p);
    for (int i = 1; i <= SelectionTable.ENTRIES; i++) {
      addend.set(multiple);
      table.put(0, i, 0, addend.yPlusX);
      table.put(0, i, 1, addend.yMinusX);
      table.put(0, i, 2, addend.z);
      table.put(0, i, 3, addend.tTimes2d);
      multiple.set(completed.add(multiple, base));
    }
    base.wipe();
    multiple.wipe();
    completed.setIdentity();
  }

  private static void select(CachedPoint target, SelectionTable table, int digit) {
    int sign = digit >> 31;
    int magnitude = (digit ^ sign) - sign;
    // The identity is (1, 1, 1, 0).
    table.select(target.yPlusX, 0, magnitude, 0, 1);
    table.select(target.yMinusX, 0, magnitude, 1, 1);
    table.select(target.z, 0, magnitude, 2, 1);
    table.select(target.tTimes2d, 0, magnitude, 3, 0);
    target.negateIf(sign & 1);
  }

  /** result = k·p for a small public k of either sign, by doubling and adding. */
  public static void multiplyVarTime(EdwardsPoint result, long k, EdwardsPoint p) {
    EdwardsPoint base = k < 0 ? new EdwardsPoint().negate(p) : new EdwardsPoint().set(p);
    CachedPoint addend = new CachedPoint().set(base);
    CompletedPoint completed = new CompletedPoint();
    result.setIdentity();
    long magnitude = k < 0 ? -k : k;
    for (int i = 63 - Long.numberOfLeadingZeros(magnitude); i >= 0; i--) {
      result.set(completed.twice(result));
      if ((magnitude >>> i & 1) == 1) {
        result.set(completed.add(result, addend));
      }
    }
  }

  /** result = a·p + b·B for the generator B; everything public. */
  public static void multiplyAddVarTime(
      EdwardsPoint result, CurveScalar a, EdwardsPoint p, CurveScalar b) {
    byte[] digitsOfA = SignedDigits.nonAdjacentFormVarTime(a, 5);
    byte[] digitsOfB = SignedDigits.nonAdjacentFormVarTime(b, BasePoint.ODD_MULTIPLES_WIDTH);
    CachedPoint[] multiples = oddMultiples(p);
    AffineCachedPoint[] baseMultiples = BasePoint.oddMultiples();
    CompletedPoint completed = new CompletedPoint().setIdentity();
    EdwardsPoint sum = new EdwardsPoint();
    int top = 255;
    while (top > 0 && digitsOfA[top] == 0 && digitsOfB[top] == 0) {
      top--;
    }
    for (int i = top; i >= 0; i--) {
      completed.twice(sum.setWithoutT(completed));
      int digit = digitsOfA[i];
      if (digit > 0) {
        completed.add(sum.set(completed), multiples[digit / 2]);
      } else if (digit < 0) {
        completed.subtract(sum.set(completed), multiples[-digit / 2]);
      }
      int baseDigit = digitsOfB[i];
      if (baseDigit > 0) {
        completed.add(sum.set(completed), baseMultiples[baseDigit / 2]);
      } else if (baseDigit < 0) {
        completed.subtract(sum.set(completed), baseMultiples[-baseDigit / 2]);
      }
    }
    result.set(completed);
  }

  /** 1p, 3p, … 15p. */
  private static CachedPoint[] oddMultiples(EdwardsPoint p) {
    CompletedPoint completed = new CompletedPoint();
    CachedPoint twice = new CachedPoint().set(new EdwardsPoint().twice(p));
    EdwardsPoint multiple = new EdwardsPoint().set(p);
    CachedPoint[] multiples = new CachedPoint[8];
    for (int i = 0; i < multiples.length; i++) {
      multiples[i] = new CachedPoint().set(multiple);
      multiple.set(completed.add(multiple, twice));
    }
    return multiples;
  }
}
