package dev.coffer.protocol.group;

import dev.coffer.protocol.curve.CurveScalar;

/**
 * An integer modulo ℓ. Secret: redacted, without {@code equals}, erasable. Thread-safe for reading.
 */
public final class RistrettoScalar implements PrimeOrderGroup.Scalar {
  /** Octets of an encoding. */
  public static final int SIZE = CurveScalar.SIZE;

  final CurveScalar value;

  RistrettoScalar(CurveScalar value) {
    this.value = value;
  }

  /** Overwrites the limbs. The scalar is zero from then on and must not be used. */
  @Override
  public void destroy() {
    value.destroy();
  }

  @Override
  public String toString() {
    return "RistrettoScalar[redacted]";
  }
}
