package dev.coffer.protocol.curve;

/**
 * A point prepared as the second operand of an addition: (Y+X, Y−X, Z, 2d·T). The sums are of two
 * tight elements.
 */
final class CachedPoint {
  final FieldElement yPlusX = FieldElement.of(1);
  final FieldElement yMinusX = FieldElement.of(1);
  final FieldElement z = FieldElement.of(1);
  final FieldElement tTimes2d = new FieldElement();

  /** this = p. */
  CachedPoint set(EdwardsPoint p) {
    yPlusX.add(p.y, p.x);
    yMinusX.subtract(p.y, p.x);
    z.set(p.z);
    tTimes2d.multiply(p.t, EdwardsConstants.TWO_D);
    return this;
  }

  /** this = −this if {@code flag} is 1. */
  void negateIf(int flag) {
    FieldElement.swapIf(flag, yPlusX, yMinusX);
    tTimes2d.negateIf(flag);
  }

  /** Overwrites the coordinates. */
  void wipe() {
    yPlusX.set(0);
    yMinusX.set(0);
    z.set(0);
    tTimes2d.set(0);
  }
}
