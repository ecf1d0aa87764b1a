package dev.coffer.protocol.curve;

/**
 * A point of edwards25519, −x² + y² = 1 + d·x²y², in extended coordinates (X : Y : Z : T), x = X/Z,
 * y = Y/Z, T = XY/Z (Hisil, Wong, Carter, Dawson 2008). Coordinates are tight. Mutable work space:
 * whoever shares a point must not write it any more.
 */
public final class EdwardsPoint {
  final FieldElement x = new FieldElement();
  final FieldElement y = new FieldElement();
  final FieldElement z = new FieldElement();

  /** Not maintained by {@link #setWithoutT}: what follows such a call must be a doubling. */
  final FieldElement t = new FieldElement();

  /** The identity. */
  public EdwardsPoint() {
    setIdentity();
  }

  /** this = the identity. */
  public EdwardsPoint setIdentity() {
    x.set(0);
    y.set(1);
    z.set(1);
    t.set(0);
    return this;
  }

  /** this = p. */
  public EdwardsPoint set(EdwardsPoint p) {
    x.set(p.x);
    y.set(p.y);
    z.set(p.z);
    t.set(p.t);
    return this;
  }

  /** this = the completed point. */
  EdwardsPoint set(CompletedPoint p) {
    setWithoutT(p);
    t.multiply(p.x, p.y);
    return this;
  }

  /** this = the completed point but for T, one multiplication cheaper. */
  EdwardsPoint setWithoutT(CompletedPoint p) {
    x.multiply(p.x, p.t);
    y.multiply(p.y, p.z);
    z.multiply(p.z, p.t);
    return this;
  }

  /** this = −p. */
  public EdwardsPoint negate(EdwardsPoint p) {
    x.negate(p.x);
    x.settle(x);
    y.set(p.y);
    z.set(p.z);
    t.negate(p.t);
    t.settle(t);
    return this;
  }

  /** this = a + b. */
  public EdwardsPoint add(EdwardsPoint a, EdwardsPoint b) {
    CachedPoint cached = new CachedPoint().set(b);
    CompletedPoint completed = new CompletedPoint().add(a, cached);
    set(completed);
    cached.wipe();
    completed.wipe();
    return this;
  }

  /** this = 2a. */
  public EdwardsPoint twice(EdwardsPoint a) {
    return set(new CompletedPoint().twice(a));
  }

  /** 1 if this is the identity, else 0. */
  int isIdentity() {
    return x.isZero() & y.equal(z);
  }

  /**
   * 1 if eight times this point is the identity: it lies outside the prime-order group but for the
   * identity itself.
   */
  int isSmallOrder() {
    CompletedPoint completed = new CompletedPoint();
    EdwardsPoint p = new EdwardsPoint().setWithoutT(completed.twice(this));
    p.setWithoutT(completed.twice(p));
    p.setWithoutT(completed.twice(p));
    return p.isIdentity();
  }

  /** Overwrites the coordinates. */
  public void wipe() {
    x.set(0);
    y.set(0);
    z.set(0);
    t.set(0);
  }

  /** Redacted: a point may be secret. */
  @Override
  public String toString() {
    return "EdwardsPoint[redacted]";
  }
}
