package dev.coffer.protocol.curve;

import java.util.Arrays;
import java.util.Optional;

/**
 * An integer modulo ℓ = 2²⁵² + 27742317777372353535851937790883648493, the order of the prime-order
 * group of edwards25519, as five limbs in radix 2⁵², always fully reduced. Secret: constant time,
 * redacted, erasable. Immutable but for {@link #destroy}.
 */
public final class CurveScalar {
  /** Octets of the encoding. */
  public static final int SIZE = 32;

  private final long[] limbs;

  CurveScalar(long[] limbs) {
    this.limbs = limbs;
  }

  /** The scalar {@code value}, which may be negative. */
  public static CurveScalar of(long value) {
    long sign = value >> 63;
    long magnitude = (value ^ sign) - sign;
    long[] k = {magnitude & OrderArithmetic.MASK, magnitude >>> OrderArithmetic.RADIX, 0, 0, 0};
    long[] negative = new long[OrderArithmetic.LIMBS];
    OrderArithmetic.subtract(negative, new long[OrderArithmetic.LIMBS], k);
    for (int i = 0; i < k.length; i++) {
      k[i] ^= sign & (k[i] ^ negative[i]);
    }
    return new CurveScalar(k);
  }

  /**
   * The scalar of 32 little-endian octets; empty if they are not below ℓ. Zero is accepted here.
   */
  public static Optional<CurveScalar> decodeCanonical(byte[] octets, int offset) {
    long[] k = new long[OrderArithmetic.LIMBS];
    OrderArithmetic.load256(k, octets, offset);
    // Whether an encoding is acceptable is public, and so is the branch on it.
    if (OrderArithmetic.isBelowOrder(k) == 0) {
      Arrays.fill(k, 0);
      return Optional.empty();
    }
    return Optional.of(new CurveScalar(k));
  }

  /** 64 little-endian octets modulo ℓ. */
  public static CurveScalar reduceWide(byte[] octets) {
    long[] low = new long[OrderArithmetic.LIMBS];
    long[] high = new long[OrderArithmetic.LIMBS];
    OrderArithmetic.load256(low, octets, 0);
    OrderArithmetic.load256(high, octets, 32);
    // low·R/R + high·2²⁵⁶R/R: two Montgomery products, both operands below 2²⁶⁰ and ℓ.
    OrderArithmetic.montgomeryMultiply(low, low, OrderArithmetic.R);
    OrderArithmetic.montgomeryMultiply(high, high, OrderArithmetic.R_TIMES_2_256);
    OrderArithmetic.add(low, low, high);
    Arrays.fill(high, 0);
    return new CurveScalar(low);
  }

  /** 32 little-endian octets modulo ℓ. */
  public static CurveScalar reduce(byte[] octets) {
    long[] k = new long[OrderArithmetic.LIMBS];
    OrderArithmetic.load256(k, octets, 0);
    OrderArithmetic.montgomeryMultiply(k, k, OrderArithmetic.R);
    return new CurveScalar(k);
  }

  /** The 32 canonical little-endian octets, in a fresh array that the caller erases. */
  public byte[] encode() {
    byte[] octets = new byte[SIZE];
    OrderArithmetic.store256(limbs, octets);
    return octets;
  }

  /** this + b. */
  public CurveScalar add(CurveScalar b) {
    long[] sum = new long[OrderArithmetic.LIMBS];
    OrderArithmetic.add(sum, limbs, b.limbs);
    return new CurveScalar(sum);
  }

  /** −this. */
  public CurveScalar negate() {
    long[] negative = new long[OrderArithmetic.LIMBS];
    OrderArithmetic.subtract(negative, negative, limbs);
    return new CurveScalar(negative);
  }

  /** this·b. */
  public CurveScalar multiply(CurveScalar b) {
    long[] product = new long[OrderArithmetic.LIMBS];
    OrderArithmetic.montgomeryMultiply(product, limbs, OrderArithmetic.R_SQUARED);
    OrderArithmetic.montgomeryMultiply(product, product, b.limbs);
    return new CurveScalar(product);
  }

  /** 1/this, or 0 for 0: this^(ℓ−2). */
  public CurveScalar invert() {
    long[] inverse = new long[OrderArithmetic.LIMBS];
    OrderArithmetic.invert(inverse, limbs);
    return new CurveScalar(inverse);
  }

  /** 1 if this = 0, else 0. */
  public int isZero() {
    long bits = limbs[0] | limbs[1] | limbs[2] | limbs[3] | limbs[4];
    return (int) ((bits - 1) >>> 63);
  }

  /** Overwrites the limbs. */
  public void destroy() {
    Arrays.fill(limbs, 0);
  }

  @Override
  public String toString() {
    return "CurveScalar[redacted]";
  }
}
