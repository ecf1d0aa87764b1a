package dev.coffer.protocol.curve;

import java.util.Arrays;

/** Scalars written in signed digits. */
final class SignedDigits {
  /** Digits of {@link #radix16}. */
  static final int COUNT = 64;

  private SignedDigits() {}

  /**
   * 64 digits from −8 to 8 with Σ digit·16ⁱ = the scalar. Constant time; the caller erases them.
   */
  static byte[] radix16(CurveScalar scalar) {
    byte[] octets = scalar.encode();
    byte[] digits = new byte[COUNT];
    for (int i = 0; i < octets.length; i++) {
      digits[2 * i] = (byte) (octets[i] & 15);
      digits[2 * i + 1] = (byte) (octets[i] >> 4 & 15);
    }
    int carry = 0;
    for (int i = 0; i < COUNT - 1; i++) {
      int digit = digits[i] + carry;
      carry = (digit + 8) >> 4;
      digits[i] = (byte) (digit - (carry << 4));
    }
    // ℓ is below 2²⁵³, so the last digit is at most 2 and needs no carry.
    digits[COUNT - 1] += (byte) carry;
    Arrays.fill(octets, (byte) 0);
    return digits;
  }

  /**
   * Non-adjacent form: 256 digits, zero or odd, below 2^(width−1) in absolute value, any two
   * non-zero ones at least {@code width} apart. Variable time, for public scalars.
   */
  static byte[] nonAdjacentFormVarTime(CurveScalar scalar, int width) {
    byte[] octets = Arrays.copyOf(scalar.encode(), 40);
    byte[] digits = new byte[256];
    int carry = 0;
    for (int at = 0; at < digits.length; ) {
      int window = window(octets, at, width) + carry;
      if ((window & 1) == 0) {
        at++;
        continue;
      }
      carry = window >> (width - 1);
      digits[at] = (byte) (window - (carry << width));
      at += width;
    }
    return digits;
  }

  private static int window(byte[] octets, int at, int width) {
    int octet = at >> 3;
    int bits = (octets[octet] & 0xff) | (octets[octet + 1] & 0xff) << 8;
    return bits >> (at & 7) & ((1 << width) - 1);
  }
}
