package dev.coffer.protocol.curve;

import java.util.Arrays;

/**
 * Multiples of the generator B of RFC 8032 §5.1, y = 4/5 with x even, from tables computed when the
 * class is loaded (a few milliseconds, 60 KiB). Thread-safe: the tables are only read.
 */
public final class BasePoint {
  /** Window of the public tables: 64 odd multiples. */
  static final int ODD_MULTIPLES_WIDTH = 8;

  /** Fields of an {@link AffineCachedPoint}. */
  private static final int FIELDS = 3;

  private static final int ROWS = 32;
  private static final EdwardsPoint GENERATOR = generatorPoint();

  /** Row i holds (1 … 8)·256ⁱ·B. */
  private static final SelectionTable TABLE = table();

  private static final AffineCachedPoint[] ODD_MULTIPLES = oddMultiplesOfGenerator();

  private BasePoint() {}

  /** A fresh copy of B. */
  public static EdwardsPoint generator() {
    return new EdwardsPoint().set(GENERATOR);
  }

  /** (1, 3, 5, … 127)·B, not to be written. */
  static AffineCachedPoint[] oddMultiples() {
    return ODD_MULTIPLES;
  }

  /**
   * result = k·B in constant time. With signed digits in radix 16, k = Σ d₂ᵢ·256ⁱ + 16·Σ
   * d₂ᵢ₊₁·256ⁱ: one table serves both sums.
   */
  public static void multiply(EdwardsPoint result, CurveScalar k) {
    byte[] digits = SignedDigits.radix16(k);
    CompletedPoint completed = new CompletedPoint();
    AffineCachedPoint addend = new AffineCachedPoint();
    result.setIdentity();
    for (int i = 1; i < SignedDigits.COUNT; i += 2) {
      select(addend, i / 2, digits[i]);
      result.set(completed.add(result, addend));
    }
    for (int i = 0; i < 3; i++) {
      result.setWithoutT(completed.twice(result));
    }
    result.set(completed.twice(result));
    for (int i = 0; i < SignedDigits.COUNT; i += 2) {
      select(addend, i / 2, digits[i]);
      result.set(completed.add(result, addend));
    }
    completed.wipe();
    addend.wipe();
    Arrays.fill(digits, (byte) 0);
  }

  private static void select(AffineCachedPoint target, int row, int digit) {
    int sign = digit >> 31;
    int magnitude = (digit ^ sign) - sign;
    // The identity is (1, 1, 0).
    TABLE.select(target.yPlusX, row, magnitude, 0, 1);
    TABLE.select(target.yMinusX, row, magnitude, 1, 1);
    TABLE.select(target.xyTimes2d, row, magnitude, 2, 0);
    target.negateIf(sign & 1);
  }

  private static EdwardsPoint generatorPoint() {
    byte[] encoding = new byte[32];
    FieldElement y = FieldPowers.invert(new FieldElement(), FieldElement.of(5));
    y.multiply(y, FieldElement.of(4)).encode(encoding, 0);
    EdwardsPoint generator = new EdwardsPoint();
    EdwardsEncoding.decode(generator, encoding);
    return generator;
  }

  private static SelectionTable table() {
    SelectionTable table = new SelectionTable(ROWS, FIELDS);
    EdwardsPoint rowBase = generator();
    AffineCachedPoint affine = new AffineCachedPoint();
    for (int row = 0; row < ROWS; row++) {
      EdwardsPoint multiple = new EdwardsPoint().set(rowBase);
      for (int i = 1; i <= SelectionTable.ENTRIES; i++) {
        toAffine(affine, multiple);
        table.put(row, i, 0, affine.yPlusX);
        table.put(row, i, 1, affine.yMinusX);
        table.put(row, i, 2, affine.xyTimes2d);
        multiple.add(multiple, rowBase);
      }
      for (int i = 0; i < 8; i++) {
        rowBase.twice(rowBase);
      }
    }
    return table;
  }

  private static AffineCachedPoint[] oddMultiplesOfGenerator() {
    AffineCachedPoint[] multiples = new AffineCachedPoint[1 << (ODD_MULTIPLES_WIDTH - 2)];
    EdwardsPoint twice = new EdwardsPoint().twice(GENERATOR);
    EdwardsPoint multiple = generator();
    for (int i = 0; i < multiples.length; i++) {
      multiples[i] = new AffineCachedPoint();
      toAffine(multiples[i], multiple);
      multiple.add(multiple, twice);
    }
    return multiples;
  }

  private static void toAffine(AffineCachedPoint target, EdwardsPoint p) {
    FieldElement inverse = FieldPowers.invert(new FieldElement(), p.z);
    FieldElement x = new FieldElement().multiply(p.x, inverse);
    FieldElement y = new FieldElement().multiply(p.y, inverse);
    target.set(x, y);
  }
}
