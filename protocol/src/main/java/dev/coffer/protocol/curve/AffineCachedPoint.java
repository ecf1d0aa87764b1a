package dev.coffer.protocol.curve;

/**
 * A point with Z = 1 prepared as the second operand of an addition: (y+x, y−x, 2d·xy). The sums are
 * of two tight elements.
 */
final class AffineCachedPoint {
  final FieldElement yPlusX = FieldElement.of(1);
  final FieldElement yMinusX = FieldElement.of(1);
  final FieldElement xyTimes2d = new FieldElement();

  /** this = (x, y). */
  AffineCachedPoint set(FieldElement x, FieldElement y) {
    yPlusX.add(y, x);
    yMinusX.subtract(y, x);
    xyTimes2d.multiply(x, y);
    xyTimes2d.multiply(xyTimes2d, EdwardsConstants.TWO_D);
    return this;
  }

  /** this = −this if {@code flag} is 1. */
  void negateIf(int flag) {
    FieldElement.swapIf(flag, yPlusX, yMinusX);
    xyTimes2d.negateIf(flag);
  }

  /** Overwrites the coordinates. */
  void wipe() {
    yPlusX.set(0);
    yMinusX.set(0);
    xyTimes2d.set(0);
  }
}
