package dev.coffer.client.secret;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Randomness;
import java.util.Arrays;

/**
 * Shamir's secret sharing (1979), octet by octet over GF(2⁸) with x⁸ + x⁴ + x³ + x + 1: any {@code
 * needed} shares give the secret, fewer say nothing about it. Every branch and array index is the
 * same for every secret. Pure functions but for the coefficients.
 */
final class Shamir {
  private static final int REDUCTION = 0x1b;

  /** One share: the polynomials' values at {@code place}, which is 1 to 255. */
  static final class Share {
    final int place;
    final byte[] values;

    Share(int place, byte[] values) {
      Invariant.check(place > 0 && place < 256, "a share is of a place from 1 to 255");
      this.place = place;
      this.values = values;
    }
  }

  private Shamir() {}

  /** Shares at the places 1 to {@code count}; the caller wipes them. */
  static Share[] split(byte[] secret, int count, int needed, Randomness randomness) {
    Invariant.check(
        needed >= 2 && needed <= count && count < 256, "so many shares, so many needed");
    byte[][] coefficients = new byte[needed][];
    coefficients[0] = secret;
    for (int degree = 1; degree < needed; degree++) {
      coefficients[degree] = new byte[secret.length];
      randomness.fill(coefficients[degree]);
    }
    Share[] shares = new Share[count];
    for (int i = 0; i < count; i++) {
      shares[i] = new Share(i + 1, evaluated(coefficients, i + 1));
    }
    for (int degree = 1; degree < needed; degree++) {
      Arrays.fill(coefficients[degree], (byte) 0);
    }
    return shares;
  }

  /** Horner's rule. */
  private static byte[] evaluated(byte[][] coefficients, int place) {
    byte[] values = new byte[coefficients[0].length];
    for (int degree = coefficients.length - 1; degree >= 0; degree--) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (byte) (times(values[i] & 0xff, place) ^ coefficients[degree][i]);
      }
    }
    return values;
  }

  /** What the polynomials are at zero: the secret, if enough shares of one split are there. */
  static byte[] combine(Share... shares) {
    byte[] secret = new byte[shares[0].values.length];
    for (Share share : shares) {
      int weight = 1;
      for (Share other : shares) {
        if (other != share) {
          Invariant.check(other.place != share.place, "each share once");
          weight = times(weight, times(other.place, inverse(other.place ^ share.place)));
        }
      }
      for (int i = 0; i < secret.length; i++) {
        secret[i] ^= (byte) times(share.values[i] & 0xff, weight);
      }
    }
    return secret;
  }

  /** The product in the field. */
  static int times(int a, int b) {
    int product = 0;
    int shifted = a;
    for (int bit = 0; bit < 8; bit++) {
      product ^= shifted & -(b >> bit & 1);
      shifted = (shifted << 1 ^ REDUCTION & -(shifted >> 7)) & 0xff;
    }
    return product;
  }

  /** a²⁵⁴, which is 1/a. */
  static int inverse(int a) {
    int power = a;
    int result = 1;
    for (int bit = 1; bit < 8; bit++) {
      power = times(power, power);
      result = times(result, power);
    }
    return result;
  }
}
