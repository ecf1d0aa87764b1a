package dev.coffer.protocol.curve;

import java.util.Arrays;

/**
 * ristretto255 (RFC 9496 §4.3): the prime-order group of edwards25519's even points modulo its
 * small-order points. Stateless, constant time but for the outcome of {@link #decode}.
 */
public final class RistrettoEncoding {
  /** Octets of an encoding. */
  public static final int SIZE = 32;

  /** Octets that {@link #map} takes. */
  public static final int UNIFORM = 64;

  private RistrettoEncoding() {}

  /**
   * RFC 9496 §4.3.1; false, with a meaningless result, for what is not a canonical encoding. The
   * identity is accepted here.
   */
  public static boolean decode(EdwardsPoint result, byte[] encoding) {
    FieldElement s = new FieldElement().decode(encoding, 0);
    byte[] again = new byte[SIZE];
    s.encode(again, 0);
    // Bit 255 set or s ≥ p gives other octets; an odd s is the reflected one.
    boolean canonical = Arrays.equals(encoding, again) && (encoding[0] & 1) == 0;
    FieldElement sSquared = new FieldElement().square(s);
    FieldElement u1 = new FieldElement().subtract(EdwardsConstants.ONE, sSquared);
    FieldElement u2 = new FieldElement().add(EdwardsConstants.ONE, sSquared);
    FieldElement u2Squared = new FieldElement().square(u2);
    FieldElement v = new FieldElement().square(u1);
    v.multiply(v, EdwardsConstants.D).negate(v);
    v.subtract(v, u2Squared);
    FieldElement inverseRoot = new FieldElement();
    u2Squared.multiply(v, u2Squared);
    int square = FieldPowers.squareRootOfRatio(inverseRoot, EdwardsConstants.ONE, u2Squared);
    FieldElement xDenominator = new FieldElement().multiply(inverseRoot, u2);
    FieldElement yDenominator = inverseRoot.multiply(inverseRoot, xDenominator);
    yDenominator.multiply(yDenominator, v);
    result.x.add(s, s).multiply(result.x, xDenominator);
    result.x.absolute();
    result.x.settle(result.x);
    result.y.multiply(u1, yDenominator);
    result.z.set(1);
    result.t.multiply(result.x, result.y);
    return canonical && (square & (1 ^ result.t.isNegative()) & (1 ^ result.y.isZero())) == 1;
  }

  /** RFC 9496 §4.3.2. */
  public static byte[] encode(EdwardsPoint p) {
    FieldElement u1 = new FieldElement().add(p.z, p.y);
    FieldElement u2 = new FieldElement().subtract(p.z, p.y);
    u1.multiply(u1, u2);
    u2.multiply(p.x, p.y);
    FieldElement inverseRoot = new FieldElement();
    FieldElement product = new FieldElement().square(u2);
    product.multiply(u1, product);
    FieldPowers.squareRootOfRatio(inverseRoot, EdwardsConstants.ONE, product);
    FieldElement denominator1 = u1.multiply(inverseRoot, u1);
    FieldElement denominator2 = u2.multiply(inverseRoot, u2);
    FieldElement zInverse = inverseRoot.multiply(denominator1, denominator2);
    zInverse.multiply(zInverse, p.t);
    int rotate = product.multiply(p.t, zInverse).isNegative();
    FieldElement x = new FieldElement().set(p.x);
    FieldElement y = new FieldElement().set(p.y);
    x.assignIf(rotate, product.multiply(p.y, FieldPowers.SQRT_MINUS_ONE));
    y.assignIf(rotate, product.multiply(p.x, FieldPowers.SQRT_MINUS_ONE));
    denominator2.assignIf(
        rotate, product.multiply(denominator1, EdwardsConstants.INVSQRT_A_MINUS_D));
    y.negateIf(product.multiply(x, zInverse).isNegative());
    product.subtract(p.z, y).multiply(product, denominator2);
    byte[] encoding = new byte[SIZE];
    product.absolute().encode(encoding, 0);
    wipe(u1, u2, inverseRoot, product, zInverse, x, y);
    return encoding;
  }

  /** RFC 9496 §4.3.4: the one-way map of 64 uniform octets. */
  public static void map(EdwardsPoint result, byte[] uniform) {
    EdwardsPoint second = new EdwardsPoint();
    mapHalf(result, uniform, 0);
    mapHalf(second, uniform, 32);
    result.add(result, second);
    second.wipe();
  }

  private static void mapHalf(EdwardsPoint result, byte[] uniform, int offset) {
    FieldElement t = new FieldElement().decode(uniform, offset);
    FieldElement r = new FieldElement().square(t);
    r.multiply(r, FieldPowers.SQRT_MINUS_ONE);
    FieldElement u = new FieldElement().add(r, EdwardsConstants.ONE);
    u.multiply(u, EdwardsConstants.ONE_MINUS_D_SQUARED);
    FieldElement v = new FieldElement().multiply(r, EdwardsConstants.D);
    v.subtract(EdwardsConstants.MINUS_ONE, v);
    FieldElement rPlusD = new FieldElement().add(r, EdwardsConstants.D);
    v.multiply(v, rPlusD);
    FieldElement s = new FieldElement();
    int square = FieldPowers.squareRootOfRatio(s, u, v);
    FieldElement other = u.multiply(s, t).absolute();
    s.assignIf(1 ^ square, other.negate(other));
    FieldElement c = new FieldElement().set(EdwardsConstants.MINUS_ONE).assignIf(1 ^ square, r);
    FieldElement n = r.subtract(r, EdwardsConstants.ONE);
    n.multiply(n, c).multiply(n, EdwardsConstants.D_MINUS_ONE_SQUARED);
    n.subtract(n, v);
    FieldElement w0 = v.multiply(s, v);
    w0.add(w0, w0);
    FieldElement w1 = n.multiply(n, EdwardsConstants.SQRT_AD_MINUS_ONE);
    FieldElement sSquared = s.square(s);
    FieldElement w2 = c.subtract(EdwardsConstants.ONE, sSquared);
    FieldElement w3 = rPlusD.add(EdwardsConstants.ONE, sSquared);
    result.x.multiply(w0, w3);
    result.y.multiply(w2, w1);
    result.z.multiply(w1, w3);
    result.t.multiply(w0, w2);
    wipe(t, r, u, v, rPlusD, s, c);
  }

  /** What is encoded or mapped may be secret. */
  private static void wipe(FieldElement... elements) {
    for (FieldElement element : elements) {
      element.set(0);
    }
  }

  /** 1 if p and q are the same element (RFC 9496 §4.5), else 0. */
  public static int equal(EdwardsPoint p, EdwardsPoint q) {
    FieldElement a = new FieldElement().multiply(p.x, q.y);
    FieldElement b = new FieldElement().multiply(p.y, q.x);
    int crossed = a.equal(b);
    a.multiply(p.y, q.y);
    b.multiply(p.x, q.x);
    return crossed | a.equal(b);
  }

  /** 1 if p is the identity element, that is any of four points, else 0. */
  public static int isIdentity(EdwardsPoint p) {
    return p.x.isZero() | p.y.isZero();
  }
}
