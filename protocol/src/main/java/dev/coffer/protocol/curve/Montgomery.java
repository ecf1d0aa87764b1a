package dev.coffer.protocol.curve;

import java.util.Arrays;

/** X25519 (RFC 7748 §5). Stateless, constant time. */
public final class Montgomery {
  /** Octets of scalars and coordinates. */
  public static final int SIZE = 32;

  private static final long A24 = 121665;

  private Montgomery() {}

  /**
   * The u-coordinate of k·(u, …) for a clamped copy of {@code scalar}. Bit 255 of {@code u} is
   * ignored.
   */
  public static byte[] multiply(byte[] scalar, byte[] u) {
    byte[] k = clamp(scalar);
    FieldElement x1 = new FieldElement().decode(u, 0);
    FieldElement x2 = FieldElement.of(1);
    FieldElement z2 = new FieldElement();
    FieldElement x3 = new FieldElement().set(x1);
    FieldElement z3 = FieldElement.of(1);
    FieldElement a = new FieldElement();
    FieldElement b = new FieldElement();
    int swap = 0;
    for (int i = 254; i >= 0; i--) {
      int bit = k[i >> 3] >>> (i & 7) & 1;
      FieldElement.swapIf(swap ^ bit, x2, x3);
      FieldElement.swapIf(swap ^ bit, z2, z3);
      swap = bit;
      step(x1, x2, z2, x3, z3, a, b);
    }
    FieldElement.swapIf(swap, x2, x3);
    FieldElement.swapIf(swap, z2, z3);
    byte[] result = new byte[SIZE];
    a.multiply(x2, FieldPowers.invert(b, z2)).encode(result, 0);
    for (FieldElement each : new FieldElement[] {x2, z2, x3, z3, a, b}) {
      each.set(0);
    }
    Arrays.fill(k, (byte) 0);
    return result;
  }

  /** One doubling of (x2 : z2) and one addition to (x3 : z3). */
  private static void step(
      FieldElement x1,
      FieldElement x2,
      FieldElement z2,
      FieldElement x3,
      FieldElement z3,
      FieldElement a,
      FieldElement b) {
    a.add(x2, z2); // A
    b.subtract(x2, z2); // B
    x2.subtract(x3, z3); // D
    z2.add(x3, z3); // C
    x3.multiply(x2, a); // DA
    z3.multiply(z2, b); // CB
    a.square(a); // AA
    b.square(b); // BB
    x2.multiply(a, b);
    b.subtract(a, b); // E
    z2.multiplySmall(b, A24);
    a.add(a, z2);
    z2.multiply(b, a);
    a.add(x3, z3);
    b.subtract(x3, z3);
    x3.square(a);
    b.square(b);
    z3.multiply(x1, b);
  }

  /** The u-coordinate of k·9: the image of k·B, for which there is a table. */
  public static byte[] multiplyBase(byte[] scalar) {
    byte[] clamped = clamp(scalar);
    CurveScalar k = CurveScalar.reduce(clamped);
    EdwardsPoint p = new EdwardsPoint();
    BasePoint.multiply(p, k);
    FieldElement numerator = new FieldElement().add(p.z, p.y);
    FieldElement denominator = new FieldElement().subtract(p.z, p.y);
    byte[] u = new byte[SIZE];
    FieldPowers.invert(denominator, denominator);
    numerator.multiply(numerator, denominator).encode(u, 0);
    p.wipe();
    k.destroy();
    Arrays.fill(clamped, (byte) 0);
    return u;
  }

  /** RFC 7748 §5 decodeScalar25519, on a copy. */
  private static byte[] clamp(byte[] scalar) {
    byte[] k = scalar.clone();
    k[0] &= (byte) 248;
    k[31] &= 127;
    k[31] |= 64;
    return k;
  }
}
