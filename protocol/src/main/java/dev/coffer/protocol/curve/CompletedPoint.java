package dev.coffer.protocol.curve;

/**
 * What an addition or a doubling leaves before its last multiplications: x = X/Z, y = Y/T.
 * Coordinates are signed sums of at most three tight elements, so they may go into one
 * multiplication and nowhere else.
 */
final class CompletedPoint {
  final FieldElement x = new FieldElement();
  final FieldElement y = new FieldElement();
  final FieldElement z = new FieldElement();
  final FieldElement t = new FieldElement();

  /** this = the identity. */
  CompletedPoint setIdentity() {
    x.set(0);
    y.set(1);
    z.set(1);
    t.set(1);
    return this;
  }

  /** this = 2p (dbl-2008-hwcd); T of p is not used. */
  CompletedPoint twice(EdwardsPoint p) {
    x.square(p.x);
    z.square(p.y);
    t.square(p.z);
    y.add(p.x, p.y);
    FieldElement squareOfSum = y.square(y);
    // x = X², z = Y², t = Z², y = (X+Y)²
    long s0 = squareOfSum.l0,
        s1 = squareOfSum.l1,
        s2 = squareOfSum.l2,
        s3 = squareOfSum.l3,
        s4 = squareOfSum.l4;
    y.add(z, x);
    z.subtract(z, x);
    x.set(s0 - y.l0, s1 - y.l1, s2 - y.l2, s3 - y.l3, s4 - y.l4);
    t.set(2 * t.l0 - z.l0, 2 * t.l1 - z.l1, 2 * t.l2 - z.l2, 2 * t.l3 - z.l3, 2 * t.l4 - z.l4);
    return this;
  }

  /**
   * this = p + q (add-2008-hwcd-3); complete on this curve, so there is no special case to leak.
   */
  CompletedPoint add(EdwardsPoint p, CachedPoint q) {
    sums(p);
    x.multiply(x, q.yMinusX);
    y.multiply(y, q.yPlusX);
    t.multiply(p.t, q.tTimes2d);
    z.multiply(p.z, q.z);
    return finish();
  }

  /** this = p − q. */
  CompletedPoint subtract(EdwardsPoint p, CachedPoint q) {
    sums(p);
    x.multiply(x, q.yPlusX);
    y.multiply(y, q.yMinusX);
    t.multiply(p.t, q.tTimes2d);
    t.negate(t);
    z.multiply(p.z, q.z);
    return finish();
  }

  /** this = p + q for an affine q. */
  CompletedPoint add(EdwardsPoint p, AffineCachedPoint q) {
    sums(p);
    x.multiply(x, q.yMinusX);
    y.multiply(y, q.yPlusX);
    t.multiply(p.t, q.xyTimes2d);
    z.set(p.z);
    return finish();
  }

  /** this = p − q for an affine q. */
  CompletedPoint subtract(EdwardsPoint p, AffineCachedPoint q) {
    sums(p);
    x.multiply(x, q.yPlusX);
    y.multiply(y, q.yMinusX);
    t.multiply(p.t, q.xyTimes2d);
    t.negate(t);
    z.set(p.z);
    return finish();
  }

  private void sums(EdwardsPoint p) {
    x.subtract(p.y, p.x);
    y.add(p.y, p.x);
  }

  /** From x = A, y = B, t = C, z = D/2 to x = B − A, y = B + A, z = D + C, t = D − C. */
  private CompletedPoint finish() {
    long a0 = x.l0, a1 = x.l1, a2 = x.l2, a3 = x.l3, a4 = x.l4;
    x.subtract(y, x);
    y.set(y.l0 + a0, y.l1 + a1, y.l2 + a2, y.l3 + a3, y.l4 + a4);
    long c0 = t.l0, c1 = t.l1, c2 = t.l2, c3 = t.l3, c4 = t.l4;
    z.add(z, z);
    t.subtract(z, t);
    z.set(z.l0 + c0, z.l1 + c1, z.l2 + c2, z.l3 + c3, z.l4 + c4);
    return this;
  }

  /** Overwrites the coordinates. */
  void wipe() {
    x.set(0);
    y.set(0);
    z.set(0);
    t.set(0);
  }
}
