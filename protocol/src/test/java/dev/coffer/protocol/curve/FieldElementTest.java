package dev.coffer.protocol.curve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The field against BigInteger, above all at the ends of the limb bounds that the formulas rely on.
 */
@Tag("long")
class FieldElementTest {
  static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final int ROUNDS = 20_000;
  private static final long TIGHT_MAX = (1L << 51) + FieldElement.SLACK;
  private static final long TIGHT_MIN = -FieldElement.SLACK;

  static long[] limbs(FieldElement a) {
    return new long[] {a.l0, a.l1, a.l2, a.l3, a.l4};
  }

  static BigInteger exact(FieldElement a) {
    BigInteger value = BigInteger.ZERO;
    long[] limbs = limbs(a);
    for (int i = 4; i >= 0; i--) {
      value = value.shiftLeft(51).add(BigInteger.valueOf(limbs[i]));
    }
    return value;
  }

  static BigInteger value(FieldElement a) {
    return exact(a).mod(P);
  }

  static void assertTight(FieldElement a) {
    for (long limb : limbs(a)) {
      assertTrue(
          limb > TIGHT_MIN && limb < TIGHT_MAX, () -> "not tight: " + Arrays.toString(limbs(a)));
    }
  }

  /** Limbs at the bounds, next to them, at zero, and in between. */
  private static FieldElement loose(Random random) {
    long[] limbs = new long[5];
    for (int i = 0; i < limbs.length; i++) {
      limbs[i] =
          switch (random.nextInt(7)) {
            case 0 -> FieldElement.LOOSE;
            case 1 -> -FieldElement.LOOSE;
            case 2 -> FieldElement.LOOSE - 1;
            case 3 -> 0;
            case 4 -> FieldElement.MASK;
            case 5 -> -random.nextLong(FieldElement.LOOSE);
            case 6 -> random.nextLong(FieldElement.LOOSE);
            default -> throw new AssertionError();
          };
    }
    return new FieldElement().set(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]);
  }

  @Test
  void productsAreRightAndTightAtTheBounds() {
    Random random = new Random(51);
    FieldElement r = new FieldElement();
    for (int round = 0; round < ROUNDS; round++) {
      FieldElement a = loose(random);
      FieldElement b = loose(random);
      assertEquals(value(a).multiply(value(b)).mod(P), value(r.multiply(a, b)));
      assertTight(r);
      assertEquals(value(a).pow(2).mod(P), value(r.square(a)));
      assertTight(r);
    }
  }

  /**
   * Every combination of the two extreme limbs, for both operands: where sums of one sign pile up.
   */
  @Test
  void productsOfExtremeLimbsDoNotOverflow() {
    FieldElement r = new FieldElement();
    for (int signs = 0; signs < 1 << 10; signs++) {
      FieldElement a = extreme(signs);
      FieldElement b = extreme(signs >> 5);
      assertEquals(value(a).multiply(value(b)).mod(P), value(r.multiply(a, b)));
      assertTight(r);
      assertEquals(value(a).pow(2).mod(P), value(r.square(a)));
      assertTight(r);
    }
  }

  private static FieldElement extreme(int signs) {
    long[] limbs = new long[5];
    for (int i = 0; i < limbs.length; i++) {
      limbs[i] = (signs >> i & 1) == 0 ? FieldElement.LOOSE : -FieldElement.LOOSE;
    }
    return new FieldElement().set(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]);
  }

  /**
   * The argument in FieldElement's Javadoc, in numbers: columns, their rests and the carried limbs
   * fit in 63 bits.
   */
  @Test
  void theStatedBoundsLeaveNoRoomForOverflow() {
    BigInteger loose = BigInteger.valueOf(FieldElement.LOOSE);
    BigInteger limit = BigInteger.TWO.pow(63);
    assertTrue(loose.shiftLeft(9).compareTo(limit) < 0, "shifted operand");
    assertTrue(loose.multiply(BigInteger.valueOf(38)).compareTo(limit) < 0, "operand times 38");
    BigInteger widest = loose.pow(2).multiply(BigInteger.valueOf(1 + 4 * 19));
    BigInteger high = widest.shiftRight(55).add(BigInteger.valueOf(5));
    BigInteger highest =
        loose.pow(2).multiply(BigInteger.valueOf(5)).shiftRight(55).add(BigInteger.valueOf(5));
    BigInteger rest = BigInteger.TWO.pow(55).multiply(BigInteger.valueOf(5));
    BigInteger carried =
        high.shiftLeft(4).max(highest.shiftLeft(4).multiply(BigInteger.valueOf(19)));
    BigInteger limb = rest.add(carried);
    assertTrue(limb.compareTo(limit) < 0, "limb before the carry");
    BigInteger carry = limb.shiftRight(51).add(BigInteger.ONE).multiply(BigInteger.valueOf(19));
    assertTrue(
        carry.compareTo(BigInteger.valueOf(FieldElement.SLACK)) < 0, "carry into a tight limb");
  }

  @Test
  void operandsMayBeTheTarget() {
    Random random = new Random(7);
    FieldElement a = loose(random);
    FieldElement b = loose(random);
    BigInteger product = value(a).multiply(value(b)).mod(P);
    assertEquals(product, value(new FieldElement().set(a).multiply(a, b)));
    FieldElement left = new FieldElement().set(a);
    assertEquals(product, value(left.multiply(left, b)));
    FieldElement right = new FieldElement().set(b);
    assertEquals(product, value(right.multiply(a, right)));
    FieldElement both = new FieldElement().set(a);
    assertEquals(value(a).pow(2).mod(P), value(both.multiply(both, both)));
  }

  @Test
  void reducesToTheOneRepresentation() {
    Random random = new Random(19);
    for (int round = 0; round < ROUNDS; round++) {
      FieldElement a = loose(random);
      BigInteger expected = value(a);
      FieldElement r = new FieldElement().reduce(a);
      assertEquals(expected, exact(r));
      for (long limb : limbs(r)) {
        assertTrue(limb >= 0 && limb <= FieldElement.MASK);
      }
    }
  }

  @Test
  void reducesTheNeighboursOfMultiplesOfP() {
    for (int multiple = -6; multiple <= 6; multiple++) {
      for (int offset = -20; offset <= 20; offset++) {
        FieldElement a = new FieldElement();
        a.set((FieldElement.MASK - 18) * multiple + offset, 0, 0, 0, 0);
        a.l1 = a.l2 = a.l3 = a.l4 = FieldElement.MASK * multiple;
        if (Math.abs(multiple) > 3) {
          continue; // beyond LOOSE
        }
        assertEquals(BigInteger.valueOf(offset).mod(P), exact(new FieldElement().reduce(a)));
        assertEquals(offset == 0 ? 1 : 0, a.isZero());
        assertEquals(BigInteger.valueOf(offset).mod(P).testBit(0) ? 1 : 0, a.isNegative());
      }
    }
  }

  @Test
  void multipliesBySmallConstants() {
    Random random = new Random(3);
    for (int round = 0; round < ROUNDS; round++) {
      FieldElement a = loose(random);
      long factor = random.nextInt(1 << 17);
      FieldElement r = new FieldElement().multiplySmall(a, factor);
      assertEquals(value(a).multiply(BigInteger.valueOf(factor)).mod(P), value(r));
      for (long limb : limbs(r)) {
        assertTrue(Math.abs(limb) <= (1L << 51) + (1L << 24), "room for two more terms");
      }
    }
  }

  @Test
  void settlesAnySumOfThreeToTight() {
    Random random = new Random(4);
    for (int round = 0; round < ROUNDS; round++) {
      FieldElement a = loose(random);
      BigInteger expected = value(a);
      FieldElement r = new FieldElement().settle(a);
      assertEquals(expected, value(r));
      assertTight(r);
    }
  }

  @Test
  void encodesLittleEndianAndDecodesItBack() {
    Random random = new Random(5);
    for (int round = 0; round < 1000; round++) {
      FieldElement a = loose(random);
      byte[] octets = new byte[40];
      a.encode(octets, 3);
      assertEquals(value(a), little(octets, 3));
      assertEquals(value(a), exact(new FieldElement().decode(octets, 3)));
    }
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xff);
    assertEquals(
        BigInteger.TWO.pow(255).subtract(BigInteger.ONE),
        exact(new FieldElement().decode(ones, 0)));
  }

  static BigInteger little(byte[] octets, int offset) {
    byte[] big = new byte[33];
    for (int i = 0; i < 32; i++) {
      big[32 - i] = octets[offset + i];
    }
    return new BigInteger(big);
  }

  @Test
  void selectsAndSwapsByFlag() {
    Random random = new Random(6);
    FieldElement a = loose(random);
    FieldElement b = loose(random);
    assertArrayEquals(limbs(a), limbs(new FieldElement().set(a).assignIf(0, b)));
    assertArrayEquals(limbs(b), limbs(new FieldElement().set(a).assignIf(1, b)));
    assertEquals(value(a), value(new FieldElement().set(a).negateIf(0)));
    assertEquals(value(a).negate().mod(P), value(new FieldElement().set(a).negateIf(1)));
    FieldElement x = new FieldElement().set(a);
    FieldElement y = new FieldElement().set(b);
    FieldElement.swapIf(0, x, y);
    assertArrayEquals(limbs(a), limbs(x));
    FieldElement.swapIf(1, x, y);
    assertArrayEquals(limbs(b), limbs(x));
    assertArrayEquals(limbs(a), limbs(y));
  }

  @Test
  void invertsAndTakesPowers() {
    Random random = new Random(8);
    BigInteger exponent = P.subtract(BigInteger.valueOf(5)).shiftRight(3);
    for (int round = 0; round < 200; round++) {
      FieldElement a = loose(random);
      BigInteger expected = value(a).signum() == 0 ? BigInteger.ZERO : value(a).modInverse(P);
      assertEquals(expected, value(FieldPowers.invert(new FieldElement(), a)));
      assertEquals(
          value(a).modPow(exponent, P), value(FieldPowers.powerP58(new FieldElement(), a)));
    }
    assertEquals(
        BigInteger.ZERO, value(FieldPowers.invert(new FieldElement(), new FieldElement())));
  }
}
