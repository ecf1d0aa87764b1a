package dev.coffer.protocol.curve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Scalars against BigInteger, at random and around 0, ℓ, powers of two and the top. */
class OrderArithmeticTest {
  static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  static byte[] little(BigInteger value, int size) {
    byte[] octets = new byte[size];
    BigInteger rest = value;
    for (int i = 0; i < size; i++) {
      octets[i] = rest.byteValue();
      rest = rest.shiftRight(8);
    }
    return octets;
  }

  static BigInteger value(CurveScalar scalar) {
    return FieldElementTest.little(scalar.encode(), 0);
  }

  private static CurveScalar scalar(BigInteger value) {
    return CurveScalar.decodeCanonical(little(value, 32), 0).orElseThrow();
  }

  private static List<BigInteger> interesting() {
    List<BigInteger> values = new ArrayList<>();
    for (int offset = 0; offset < 3; offset++) {
      values.add(BigInteger.valueOf(offset));
      values.add(ORDER.subtract(BigInteger.valueOf(offset + 1)));
      values.add(BigInteger.TWO.pow(252).add(BigInteger.valueOf(offset)));
      values.add(ORDER.shiftRight(1).add(BigInteger.valueOf(offset)));
    }
    for (int bits = 51; bits < 252; bits += 50) {
      values.add(BigInteger.TWO.pow(bits));
      values.add(BigInteger.TWO.pow(bits + 1).subtract(BigInteger.ONE));
    }
    Random random = new Random(252);
    for (int i = 0; i < 40; i++) {
      values.add(new BigInteger(400, random).mod(ORDER));
    }
    return values;
  }

  @Test
  void addsNegatesAndMultiplies() {
    for (BigInteger a : interesting()) {
      assertEquals(a.negate().mod(ORDER), value(scalar(a).negate()));
      assertEquals(a.signum() == 0 ? 1 : 0, scalar(a).isZero());
      for (BigInteger b : interesting()) {
        assertEquals(a.add(b).mod(ORDER), value(scalar(a).add(scalar(b))));
        assertEquals(a.multiply(b).mod(ORDER), value(scalar(a).multiply(scalar(b))));
      }
    }
  }

  @Test
  void inverts() {
    for (BigInteger a : interesting()) {
      BigInteger expected = a.signum() == 0 ? BigInteger.ZERO : a.modInverse(ORDER);
      assertEquals(expected, value(scalar(a).invert()));
    }
  }

  @Test
  void reducesWideNumbers() {
    List<BigInteger> wide = new ArrayList<>(interesting());
    BigInteger top = BigInteger.TWO.pow(512);
    for (int offset = 1; offset < 4; offset++) {
      wide.add(top.subtract(BigInteger.valueOf(offset)));
      wide.add(top.divide(ORDER).multiply(ORDER).subtract(BigInteger.valueOf(offset - 2)));
      wide.add(BigInteger.TWO.pow(256).subtract(BigInteger.valueOf(offset - 2)));
      wide.add(ORDER.add(BigInteger.valueOf(offset - 2)));
    }
    Random random = new Random(512);
    for (int i = 0; i < 5000; i++) {
      wide.add(new BigInteger(512, random));
    }
    for (BigInteger each : wide) {
      assertEquals(each.mod(ORDER), value(CurveScalar.reduceWide(little(each, 64))));
      BigInteger low = each.mod(BigInteger.TWO.pow(256));
      assertEquals(low.mod(ORDER), value(CurveScalar.reduce(little(low, 32))));
    }
  }

  @Test
  void acceptsExactlyTheNumbersBelowTheOrder() {
    for (int offset = 1; offset < 300; offset++) {
      BigInteger below = ORDER.subtract(BigInteger.valueOf(offset));
      assertEquals(below, value(CurveScalar.decodeCanonical(little(below, 32), 0).orElseThrow()));
      BigInteger above = ORDER.add(BigInteger.valueOf(offset - 1));
      assertFalse(CurveScalar.decodeCanonical(little(above, 32), 0).isPresent());
    }
    for (int bit = 253; bit < 256; bit++) {
      assertFalse(CurveScalar.decodeCanonical(little(BigInteger.TWO.pow(bit), 32), 0).isPresent());
    }
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xff);
    assertFalse(CurveScalar.decodeCanonical(ones, 0).isPresent());
  }

  @Test
  void takesSmallNumbersOfEitherSign() {
    for (long small :
        new long[] {0, 1, -1, 24, -720, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 52, -(1L << 52)}) {
      assertEquals(BigInteger.valueOf(small).mod(ORDER), value(CurveScalar.of(small)));
    }
  }

  @Test
  void signedDigitsAddUpAndStayInRange() {
    for (BigInteger a : interesting()) {
      BigInteger sum = BigInteger.ZERO;
      byte[] digits = SignedDigits.radix16(scalar(a));
      for (int i = digits.length - 1; i >= 0; i--) {
        assertEquals(true, digits[i] >= -8 && digits[i] <= 8, "digit");
        sum = sum.shiftLeft(4).add(BigInteger.valueOf(digits[i]));
      }
      assertEquals(a, sum);
    }
  }

  @Test
  void nonAdjacentFormsAddUpAndAreSparse() {
    for (int width : new int[] {5, 8}) {
      for (BigInteger a : interesting()) {
        byte[] digits = SignedDigits.nonAdjacentFormVarTime(scalar(a), width);
        BigInteger sum = BigInteger.ZERO;
        int lastNonZero = Integer.MAX_VALUE;
        for (int i = digits.length - 1; i >= 0; i--) {
          sum = sum.shiftLeft(1).add(BigInteger.valueOf(digits[i]));
          if (digits[i] != 0) {
            assertEquals(1, digits[i] & 1, "odd");
            assertEquals(true, Math.abs(digits[i]) < 1 << (width - 1), "range");
            assertEquals(true, lastNonZero - i >= width, "distance");
            lastNonZero = i;
          }
        }
        assertEquals(a, sum);
      }
    }
  }

  @Test
  void destroyedScalarsAreZero() {
    CurveScalar scalar = CurveScalar.of(5);
    scalar.destroy();
    assertEquals(1, scalar.isZero());
    assertEquals("CurveScalar[redacted]", scalar.toString());
  }

  @Test
  void targetsMayBeOperands() {
    long[] a = {5, 4, 3, 2, 1};
    long[] b = {1, 2, 3, 4, 5};
    long[] expected = new long[5];
    OrderArithmetic.montgomeryMultiply(expected, a, b);
    long[] inPlace = a.clone();
    OrderArithmetic.montgomeryMultiply(inPlace, inPlace, b);
    assertArrayEquals(expected, inPlace);
    assertThrows(
        ArrayIndexOutOfBoundsException.class,
        () -> OrderArithmetic.load256(new long[5], new byte[31], 0));
  }
}
