package dev.coffer.protocol.curve;

import java.util.Arrays;

/** Points as RFC 8032 §5.1.2 writes them: 255 bits of y, one bit for the sign of x. Stateless. */
public final class EdwardsEncoding {
  /** Octets of an encoding. */
  public static final int SIZE = 32;

  private EdwardsEncoding() {}

  /**
   * RFC 8032 §5.1.3, strict: false for y ≥ p, for a y that is on no point, and for x = 0 with its
   * sign set. The point may lie outside the prime-order group. Branches on the encoding, which is
   * public.
   */
  public static boolean decode(EdwardsPoint result, byte[] encoding) {
    FieldElement y = new FieldElement().decode(encoding, 0);
    byte[] again = new byte[SIZE];
    y.encode(again, 0);
    again[SIZE - 1] |= (byte) (encoding[SIZE - 1] & 0x80);
    FieldElement ySquared = new FieldElement().square(y);
    FieldElement u = new FieldElement().subtract(ySquared, EdwardsConstants.ONE);
    FieldElement v = new FieldElement().multiply(ySquared, EdwardsConstants.D);
    v.add(v, EdwardsConstants.ONE);
    int square = FieldPowers.squareRootOfRatio(result.x, u, v);
    int sign = encoding[SIZE - 1] >>> 7 & 1;
    int minusZero = sign & result.x.isZero();
    result.x.negateIf(sign);
    result.x.settle(result.x);
    result.y.set(y);
    result.z.set(1);
    result.t.multiply(result.x, y);
    return square == 1 && minusZero == 0 && Arrays.equals(encoding, again);
  }

  /** The encoding of p. */
  public static byte[] encode(EdwardsPoint p) {
    FieldElement inverse = FieldPowers.invert(new FieldElement(), p.z);
    FieldElement x = new FieldElement().multiply(p.x, inverse);
    byte[] encoding = new byte[SIZE];
    new FieldElement().multiply(p.y, inverse).encode(encoding, 0);
    encoding[SIZE - 1] |= (byte) (x.isNegative() << 7);
    x.set(0);
    return encoding;
  }

  /** Whether p times the cofactor is the identity. */
  public static boolean isSmallOrder(EdwardsPoint p) {
    return p.isSmallOrder() == 1;
  }
}
