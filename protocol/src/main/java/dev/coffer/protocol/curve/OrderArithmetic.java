package dev.coffer.protocol.curve;

import java.util.Arrays;

/**
 * Arithmetic modulo ℓ on five limbs in radix 2⁵², with Montgomery products for R = 2²⁶⁰. Operands
 * are reduced unless said otherwise; results always are. A target may be one of the operands.
 * Constant time, stateless.
 */
final class OrderArithmetic {
  static final int LIMBS = 5;
  static final int RADIX = 52;
  static final long MASK = (1L << RADIX) - 1;

  /** ℓ. */
  static final long[] ORDER = order();

  /** −1/ℓ modulo 2⁵². */
  private static final long MINUS_INVERSE = minusInverse(ORDER[0]);

  /** 2²⁶⁰ mod ℓ. */
  static final long[] R = powerOfTwo(260);

  /** 2⁵²⁰ mod ℓ: a Montgomery product with it cancels one division by R. */
  static final long[] R_SQUARED = powerOfTwo(520);

  /**
   * 2⁵¹⁶ mod ℓ: takes the upper half of 64 octets to its place, with the division by R made good.
   */
  static final long[] R_TIMES_2_256 = powerOfTwo(516);

  private static final long[] ONE = {1, 0, 0, 0, 0};

  private OrderArithmetic() {}

  /** r = a + b. */
  static void add(long[] r, long[] a, long[] b) {
    long carry = 0;
    for (int i = 0; i < LIMBS; i++) {
      carry += a[i] + b[i];
      r[i] = carry & MASK;
      carry >>= RADIX;
    }
    subtractOrderOnce(r);
  }

  /** r = a − b. */
  static void subtract(long[] r, long[] a, long[] b) {
    long borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
      borrow += a[i] - b[i];
      r[i] = borrow & MASK;
      borrow >>= RADIX;
    }
    addOrderIf(r, borrow);
  }

  /** r = r − ℓ if r ≥ ℓ, for r below 2ℓ. */
  private static void subtractOrderOnce(long[] r) {
    long borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
      borrow += r[i] - ORDER[i];
      r[i] = borrow & MASK;
      borrow >>= RADIX;
    }
    addOrderIf(r, borrow);
  }

  /** r = r + ℓ modulo 2²⁶⁰ if {@code mask} is all ones. */
  private static void addOrderIf(long[] r, long mask) {
    long carry = 0;
    for (int i = 0; i < LIMBS; i++) {
      carry += r[i] + (ORDER[i] & mask);
      r[i] = carry & MASK;
      carry >>= RADIX;
    }
  }

  /** 1 if a, of limbs below 2⁵², is below ℓ; else 0. */
  static int isBelowOrder(long[] a) {
    long borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
      borrow = (borrow + a[i] - ORDER[i]) >> RADIX;
    }
    return (int) borrow & 1;
  }

  /** r = a·b/R; a below 2²⁶⁰, b below ℓ. */
  static void montgomeryMultiply(long[] r, long[] a, long[] b) {
    long[] z = new long[2 * LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      multiplyAdd(z, i, a[i], b);
    }
    // Each step adds a multiple of ℓ that clears the lowest limb. A limb sums up at most 20 halves
    // below 2⁵² and a carry.
    for (int i = 0; i < LIMBS; i++) {
      long factor = (z[i] * MINUS_INVERSE) & MASK;
      multiplyAdd(z, i, factor, ORDER);
      z[i + 1] += z[i] >>> RADIX;
    }
    long carry = 0;
    for (int i = 0; i < LIMBS; i++) {
      carry += z[LIMBS + i];
      r[i] = carry & MASK;
      carry >>>= RADIX;
    }
    Arrays.fill(z, 0);
    // (a·b + 2²⁶⁰·ℓ)/2²⁶⁰ is below 2ℓ.
    subtractOrderOnce(r);
  }

  /** z += factor·b·2^(52·at), products split at 52 bits; factor and limbs of b below 2⁵². */
  private static void multiplyAdd(long[] z, int at, long factor, long[] b) {
    long shifted = factor << 11;
    for (int j = 0; j < LIMBS; j++) {
      z[at + j] += factor * b[j] & MASK;
      z[at + j + 1] += Math.multiplyHigh(shifted, b[j] << 1);
    }
  }

  /** r = a^(ℓ−2) = 1/a. The exponent is public: four bits at a time, skipping zeros. */
  static void invert(long[] r, long[] a) {
    long[][] powers = new long[16][LIMBS];
    montgomeryMultiply(powers[1], a, R_SQUARED);
    for (int i = 2; i < 16; i++) {
      montgomeryMultiply(powers[i], powers[i - 1], powers[1]);
    }
    byte[] exponent = new byte[32];
    store256(ORDER, exponent);
    // ℓ ends in 0xed: no borrow.
    exponent[0] = (byte) (exponent[0] - 2);
    long[] power = R.clone();
    for (int i = 63; i >= 0; i--) {
      for (int j = 0; j < 4; j++) {
        montgomeryMultiply(power, power, power);
      }
      int digit = exponent[i / 2] >> (4 * (i & 1)) & 15;
      if (digit != 0) {
        montgomeryMultiply(power, power, powers[digit]);
      }
    }
    montgomeryMultiply(r, power, ONE);
    Arrays.fill(power, 0);
    for (long[] each : powers) {
      Arrays.fill(each, 0);
    }
  }

  /** k = 32 little-endian octets, not reduced. */
  static void load256(long[] k, byte[] octets, int offset) {
    long w0 = LittleEndian.load(octets, offset);
    long w1 = LittleEndian.load(octets, offset + 8);
    long w2 = LittleEndian.load(octets, offset + 16);
    long w3 = LittleEndian.load(octets, offset + 24);
    k[0] = w0 & MASK;
    k[1] = (w0 >>> 52 | w1 << 12) & MASK;
    k[2] = (w1 >>> 40 | w2 << 24) & MASK;
    k[3] = (w2 >>> 28 | w3 << 36) & MASK;
    k[4] = w3 >>> 16;
  }

  /** Writes 32 little-endian octets. */
  static void store256(long[] k, byte[] octets) {
    LittleEndian.store(k[0] | k[1] << 52, octets, 0);
    LittleEndian.store(k[1] >>> 12 | k[2] << 40, octets, 8);
    LittleEndian.store(k[2] >>> 24 | k[3] << 28, octets, 16);
    LittleEndian.store(k[3] >>> 36 | k[4] << 16, octets, 24);
  }

  /** 2²⁵² + 27742317777372353535851937790883648493, RFC 8032 §5.1. */
  private static long[] order() {
    return new long[] {0x2631a5cf5d3edL, 0xdea2f79cd6581L, 0x14def9L, 0, 1L << 44};
  }

  private static long minusInverse(long odd) {
    long inverse = 1;
    for (int i = 0; i < 6; i++) {
      inverse *= 2 - odd * inverse;
    }
    return -inverse & MASK;
  }

  private static long[] powerOfTwo(int exponent) {
    long[] power = {1, 0, 0, 0, 0};
    for (int i = 0; i < exponent; i++) {
      add(power, power, power);
    }
    return power;
  }
}
