package dev.coffer.protocol.curve;

/**
 * Inverses and square roots modulo p, by fixed chains of squarings and multiplications. Constant
 * time. Stateless; allocates a little work space a call.
 */
final class FieldPowers {
  /** A square root of −1: 2^((p−1)/4), the even one. */
  static final FieldElement SQRT_MINUS_ONE = sqrtMinusOne();

  private FieldPowers() {}

  /** out = 1/a, or 0 for a = 0; a at most LOOSE. */
  static FieldElement invert(FieldElement out, FieldElement a) {
    FieldElement a11 = new FieldElement();
    FieldElement power = new FieldElement();
    ladder250(power, a11, a);
    // (2²⁵⁰−1)·2⁵ + 11 = p − 2
    out.multiply(power.squareTimes(power, 5), a11);
    wipe(power, a11);
    return out;
  }

  /** out = a^((p−5)/8) = a^(2²⁵²−3); a at most LOOSE. */
  static FieldElement powerP58(FieldElement out, FieldElement a) {
    FieldElement base = new FieldElement().set(a);
    FieldElement power = new FieldElement();
    FieldElement a11 = new FieldElement();
    ladder250(power, a11, base);
    out.multiply(power.squareTimes(power, 2), base);
    wipe(power, a11);
    wipe(base, base);
    return out;
  }

  /** power = a^(2²⁵⁰−1) and a11 = a¹¹. */
  private static void ladder250(FieldElement power, FieldElement a11, FieldElement a) {
    FieldElement t = new FieldElement();
    FieldElement u = new FieldElement();
    FieldElement v = new FieldElement();
    t.square(a); // 2
    u.squareTimes(t, 2); // 8
    u.multiply(u, a); // 9
    a11.multiply(u, t); // 11
    t.square(a11); // 22
    t.multiply(t, u); // 2⁵−1
    u.squareTimes(t, 5).multiply(u, t); // 2¹⁰−1
    v.squareTimes(u, 10).multiply(v, u); // 2²⁰−1
    t.squareTimes(v, 20).multiply(t, v); // 2⁴⁰−1
    t.squareTimes(t, 10).multiply(t, u); // 2⁵⁰−1
    u.squareTimes(t, 50).multiply(u, t); // 2¹⁰⁰−1
    v.squareTimes(u, 100).multiply(v, u); // 2²⁰⁰−1
    power.squareTimes(v, 50).multiply(power, t); // 2²⁵⁰−1
    wipe(t, u);
    wipe(v, v);
  }

  /** What a power is taken of may be secret. */
  private static void wipe(FieldElement a, FieldElement b) {
    a.set(0);
    b.set(0);
  }

  /**
   * RFC 9496 §4.2 SQRT_RATIO_M1: out = the non-negative root of u/v if that is a square, else of
   * SQRT_MINUS_ONE·u/v. Tight operands up to a sum of two; out must be neither u nor v.
   *
   * @return 1 if u/v is a square (also for u = 0), else 0 (also for v = 0 with u ≠ 0)
   */
  static int squareRootOfRatio(FieldElement out, FieldElement u, FieldElement v) {
    FieldElement v3 = new FieldElement().square(v);
    v3.multiply(v3, v);
    FieldElement t = new FieldElement().square(v3);
    t.multiply(t, v); // v⁷
    t.multiply(t, u); // u·v⁷
    powerP58(t, t);
    t.multiply(t, v3);
    out.multiply(t, u); // u·v³·(u·v⁷)^((p−5)/8)
    FieldElement check = t.square(out);
    check.multiply(check, v);
    FieldElement sum = new FieldElement().add(check, u);
    FieldElement product = v3.multiply(u, SQRT_MINUS_ONE);
    int correct = check.equal(u);
    int flipped = sum.isZero();
    int flippedTwice = product.add(product, check).isZero();
    FieldElement rotated = product.multiply(out, SQRT_MINUS_ONE);
    out.assignIf(flipped | flippedTwice, rotated).absolute();
    wipe(v3, t);
    wipe(sum, sum);
    return correct | flipped;
  }

  private static FieldElement sqrtMinusOne() {
    FieldElement two = FieldElement.of(2);
    FieldElement root = powerP58(new FieldElement(), two);
    root.square(root).multiply(root, two);
    root.absolute();
    return root.reduce(root);
  }
}
