package dev.coffer.protocol.curve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Points against the curve equation in BigInteger, the group laws, and the limb bounds between the
 * steps.
 */
@Tag("long")
class EdwardsPointTest {
  private static final BigInteger P = FieldElementTest.P;
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger ORDER = OrderArithmeticTest.ORDER;

  private record Affine(BigInteger x, BigInteger y) {
    Affine add(Affine q) {
      BigInteger product = D.multiply(x).multiply(q.x).multiply(y).multiply(q.y).mod(P);
      BigInteger one = BigInteger.ONE;
      return new Affine(
          x.multiply(q.y).add(q.x.multiply(y)).multiply(one.add(product).modInverse(P)).mod(P),
          y.multiply(q.y)
              .add(x.multiply(q.x))
              .multiply(one.subtract(product).modInverse(P))
              .mod(P));
    }

    Affine multiply(BigInteger k) {
      Affine sum = new Affine(BigInteger.ZERO, BigInteger.ONE);
      for (int i = k.bitLength() - 1; i >= 0; i--) {
        sum = sum.add(sum);
        sum = k.testBit(i) ? sum.add(this) : sum;
      }
      return sum;
    }
  }

  private static Affine affine(EdwardsPoint p) {
    BigInteger inverse = FieldElementTest.value(p.z).modInverse(P);
    Affine result =
        new Affine(
            FieldElementTest.value(p.x).multiply(inverse).mod(P),
            FieldElementTest.value(p.y).multiply(inverse).mod(P));
    assertEquals(
        FieldElementTest.value(p.x).multiply(FieldElementTest.value(p.y)).mod(P),
        FieldElementTest.value(p.z).multiply(FieldElementTest.value(p.t)).mod(P),
        "T = XY/Z");
    return result;
  }

  private static CurveScalar scalar(BigInteger k) {
    return CurveScalar.decodeCanonical(OrderArithmeticTest.little(k, 32), 0).orElseThrow();
  }

  private static List<BigInteger> multipliers() {
    List<BigInteger> ks = new ArrayList<>();
    for (int i = 0; i <= 9; i++) {
      ks.add(BigInteger.valueOf(i));
      ks.add(ORDER.subtract(BigInteger.valueOf(i + 1)));
    }
    // Digits of all eights, all sevens, and borders between windows.
    ks.add(new BigInteger("8".repeat(62), 16));
    ks.add(new BigInteger("7".repeat(63), 16));
    ks.add(new BigInteger("f".repeat(62), 16));
    ks.add(BigInteger.TWO.pow(252));
    Random random = new Random(1);
    for (int i = 0; i < 10; i++) {
      ks.add(new BigInteger(300, random).mod(ORDER));
    }
    return ks;
  }

  @Test
  void theGeneratorIsTheOneOfRfc8032() {
    Affine b = affine(BasePoint.generator());
    assertEquals(
        new BigInteger(
            "15112221349535400772501151409588531511454012693041857206046113283949847762202"),
        b.x);
    assertEquals(
        new BigInteger(
            "46316835694926478169428394003475163141307993866256225615783033603165251855960"),
        b.y);
    assertEquals(new Affine(BigInteger.ZERO, BigInteger.ONE), b.multiply(ORDER));
  }

  @Test
  void allMultiplicationsAgreeWithTheCurveEquation() {
    Affine base = affine(BasePoint.generator());
    EdwardsPoint other = new EdwardsPoint();
    BasePoint.multiply(other, scalar(BigInteger.valueOf(987654321)));
    Affine affineOther = base.multiply(BigInteger.valueOf(987654321));
    EdwardsPoint r = new EdwardsPoint();
    for (BigInteger k : multipliers()) {
      BasePoint.multiply(r, scalar(k));
      assertEquals(base.multiply(k), affine(r));
      assertTight(r);
      PointMultiplication.multiply(r, scalar(k), other);
      assertEquals(affineOther.multiply(k), affine(r));
      assertTight(r);
      BigInteger j = ORDER.subtract(BigInteger.ONE).subtract(k);
      PointMultiplication.multiplyAddVarTime(r, scalar(k), other, scalar(j));
      assertEquals(affineOther.multiply(k).add(base.multiply(j)), affine(r));
      assertTight(r);
    }
  }

  @Test
  void resultsMayOverwriteTheOperand() {
    EdwardsPoint p = BasePoint.generator();
    PointMultiplication.multiply(p, scalar(BigInteger.valueOf(5)), p);
    assertEquals(affine(BasePoint.generator()).multiply(BigInteger.valueOf(5)), affine(p));
  }

  @Test
  void smallMultiplesInVariableTime() {
    Affine base = affine(BasePoint.generator());
    EdwardsPoint r = new EdwardsPoint();
    for (long k : new long[] {0, 1, -1, 2, 3, -7, 720, -5040, Long.MAX_VALUE, Long.MIN_VALUE}) {
      PointMultiplication.multiplyVarTime(r, k, BasePoint.generator());
      assertEquals(base.multiply(BigInteger.valueOf(k).mod(ORDER)), affine(r));
    }
  }

  @Test
  void boundsHoldBetweenTheSteps() {
    Random random = new Random(2);
    EdwardsPoint p = BasePoint.generator();
    EdwardsPoint q = new EdwardsPoint();
    CompletedPoint completed = new CompletedPoint();
    CachedPoint cached = new CachedPoint();
    for (int step = 0; step < 5000; step++) {
      cached.set(p);
      cached.negateIf(random.nextInt(2));
      switch (random.nextInt(3)) {
        case 0 -> completed.twice(p);
        case 1 -> completed.add(q, cached);
        case 2 -> completed.subtract(q, cached);
        default -> throw new AssertionError();
      }
      for (FieldElement each : List.of(completed.x, completed.y, completed.z, completed.t)) {
        for (long limb : FieldElementTest.limbs(each)) {
          assertTrue(Math.abs(limb) <= FieldElement.LOOSE);
        }
      }
      q.set(p);
      p.set(completed);
      assertTight(p);
    }
  }

  private static void assertTight(EdwardsPoint p) {
    FieldElementTest.assertTight(p.x);
    FieldElementTest.assertTight(p.y);
    FieldElementTest.assertTight(p.z);
    FieldElementTest.assertTight(p.t);
  }

  @Test
  void encodingsRoundTrip() {
    EdwardsPoint r = new EdwardsPoint();
    EdwardsPoint back = new EdwardsPoint();
    for (BigInteger k : multipliers()) {
      BasePoint.multiply(r, scalar(k));
      byte[] encoding = EdwardsEncoding.encode(r);
      assertTrue(EdwardsEncoding.decode(back, encoding));
      assertArrayEquals(encoding, EdwardsEncoding.encode(back));
      assertEquals(affine(r), affine(back));
    }
  }

  @Test
  void knowsAllEightPointsOfSmallOrder() {
    for (EdwardsPoint torsion : torsion()) {
      assertTrue(EdwardsEncoding.isSmallOrder(torsion));
      assertFalse(
          EdwardsEncoding.isSmallOrder(new EdwardsPoint().add(torsion, BasePoint.generator())));
    }
    assertEquals(8, torsion().stream().map(EdwardsPointTest::affine).distinct().count());
  }

  /** The multiples of a point of order 8: ℓ times a point outside the prime-order group. */
  public static List<EdwardsPoint> torsion() {
    byte[] encoding = new byte[32];
    for (int y = 2; ; y++) {
      encoding[0] = (byte) y;
      EdwardsPoint p = new EdwardsPoint();
      if (!EdwardsEncoding.decode(p, encoding)) {
        continue;
      }
      EdwardsPoint t = new EdwardsPoint();
      PointMultiplication.multiply(t, CurveScalar.of(-1), p);
      t.add(t, p); // (ℓ−1)p + p
      EdwardsPoint four = new EdwardsPoint().twice(t);
      four.twice(four);
      if (four.isIdentity() == 1) {
        continue; // of order 4 or less
      }
      List<EdwardsPoint> all = new ArrayList<>();
      EdwardsPoint multiple = new EdwardsPoint();
      for (int i = 0; i < 8; i++) {
        all.add(new EdwardsPoint().set(multiple));
        multiple.add(multiple, t);
      }
      return all;
    }
  }

  @Test
  void refusesEncodingsThatAreNotCanonical() {
    EdwardsPoint p = new EdwardsPoint();
    // y = p + 1 is y = 1; y = p is y = 0; and x = 0 with its sign bit set.
    for (BigInteger bad :
        List.of(
            P,
            P.add(BigInteger.ONE),
            BigInteger.ONE.setBit(255),
            P.subtract(BigInteger.ONE).setBit(255),
            BigInteger.TWO.pow(256).subtract(BigInteger.ONE))) {
      assertFalse(EdwardsEncoding.decode(p, OrderArithmeticTest.little(bad, 32)));
    }
    assertTrue(EdwardsEncoding.decode(p, OrderArithmeticTest.little(BigInteger.ONE, 32)));
    assertFalse(
        EdwardsEncoding.decode(p, OrderArithmeticTest.little(BigInteger.TWO, 32)),
        "y = 2 is on no point");
  }

  @Test
  void selectsEveryTableEntry() {
    SelectionTable table = new SelectionTable(3, 2);
    FieldElement value = new FieldElement();
    for (int row = 0; row < 3; row++) {
      for (int multiple = 1; multiple <= 8; multiple++) {
        for (int field = 0; field < 2; field++) {
          long mark = 1000L * row + 10L * multiple + field;
          table.put(row, multiple, field, value.set(mark, -mark, 2 * mark, 3 * mark, 4 * mark));
        }
      }
    }
    for (int row = 0; row < 3; row++) {
      for (int multiple = 1; multiple <= 8; multiple++) {
        for (int field = 0; field < 2; field++) {
          long mark = 1000L * row + 10L * multiple + field;
          table.select(value, row, multiple, field, 77);
          assertArrayEquals(
              new long[] {mark, -mark, 2 * mark, 3 * mark, 4 * mark},
              FieldElementTest.limbs(value));
        }
      }
    }
    table.select(value, 1, 0, 1, 77);
    assertArrayEquals(new long[] {77, 0, 0, 0, 0}, FieldElementTest.limbs(value));
    table.wipe();
    table.select(value, 2, 8, 1, 77);
    assertArrayEquals(new long[5], FieldElementTest.limbs(value));
  }
}
