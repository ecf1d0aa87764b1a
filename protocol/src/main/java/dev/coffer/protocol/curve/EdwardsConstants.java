package dev.coffer.protocol.curve;

/**
 * Constants of edwards25519 and ristretto255, computed from their definitions (RFC 8032 §5.1, RFC
 * 9496 §4.1) when the class is loaded; the tests compare them with the RFCs' numbers. Tight, never
 * written.
 */
final class EdwardsConstants {
  static final FieldElement ONE = FieldElement.of(1);
  static final FieldElement MINUS_ONE = reduced(FieldElement.of(-1));

  /** d = −121665/121666. */
  static final FieldElement D = curveConstant();

  static final FieldElement TWO_D = reduced(new FieldElement().add(D, D));

  /** (1 − d²). */
  static final FieldElement ONE_MINUS_D_SQUARED = oneMinusSquare(D);

  /** (d − 1)². */
  static final FieldElement D_MINUS_ONE_SQUARED = squareOfDifference(D, ONE);

  /** The root of a·d − 1 that RFC 9496 chose: the odd one. */
  static final FieldElement SQRT_AD_MINUS_ONE = oddRoot(minusOneMinusD());

  /** 1/√(a − d), the even one. */
  static final FieldElement INVSQRT_A_MINUS_D = evenInverseRoot(minusOneMinusD());

  private EdwardsConstants() {}

  private static FieldElement reduced(FieldElement a) {
    return a.reduce(a);
  }

  private static FieldElement curveConstant() {
    FieldElement inverse = FieldPowers.invert(new FieldElement(), FieldElement.of(121666));
    return reduced(inverse.multiply(inverse, FieldElement.of(-121665)));
  }

  private static FieldElement oneMinusSquare(FieldElement a) {
    FieldElement square = new FieldElement().square(a);
    return reduced(square.subtract(ONE, square));
  }

  private static FieldElement squareOfDifference(FieldElement a, FieldElement b) {
    FieldElement difference = new FieldElement().subtract(a, b);
    return reduced(difference.square(difference));
  }

  /** a·d − 1 and a − d are the same number, as a = −1. */
  private static FieldElement minusOneMinusD() {
    return reduced(new FieldElement().subtract(MINUS_ONE, D));
  }

  private static FieldElement oddRoot(FieldElement a) {
    FieldElement root = new FieldElement();
    FieldPowers.squareRootOfRatio(root, a, ONE);
    return reduced(root.negate(root));
  }

  private static FieldElement evenInverseRoot(FieldElement a) {
    FieldElement root = new FieldElement();
    FieldPowers.squareRootOfRatio(root, ONE, a);
    return reduced(root);
  }
}
