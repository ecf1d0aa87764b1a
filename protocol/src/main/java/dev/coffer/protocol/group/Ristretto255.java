package dev.coffer.protocol.group;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.curve.BasePoint;
import dev.coffer.protocol.curve.CurveScalar;
import dev.coffer.protocol.curve.EdwardsPoint;
import dev.coffer.protocol.curve.PointMultiplication;
import dev.coffer.protocol.curve.RistrettoEncoding;
import java.util.Arrays;

/**
 * ristretto255 (RFC 9496) with the maps of RFC 9497 §4.1. Stateless and thread-safe.
 *
 * <p><b>Security guarantees:</b> constant time in every scalar and in every element but where a
 * method's name ends in {@code VarTime} or it decides whether to reject. <b>Not guaranteed:</b>
 * that intermediate values leave registers, stack and the garbage collector's copies at once.
 */
public final class Ristretto255 implements PrimeOrderGroup<RistrettoElement, RistrettoScalar> {
  /** The group. */
  public static final Ristretto255 GROUP = new Ristretto255();

  private static final RistrettoElement GENERATOR = new RistrettoElement(BasePoint.generator());

  private Ristretto255() {}

  @Override
  public RistrettoElement generator() {
    return GENERATOR;
  }

  @Override
  public RistrettoElement decode(Bytes encoding) throws Rejected {
    if (encoding.size() != RistrettoElement.SIZE) {
      throw new Rejected(RejectionCode.BAD_ELEMENT, "ristretto255 element length");
    }
    EdwardsPoint point = new EdwardsPoint();
    if (!RistrettoEncoding.decode(point, encoding.toByteArray())) {
      throw new Rejected(RejectionCode.BAD_ELEMENT, "ristretto255 element encoding");
    }
    if (RistrettoEncoding.isIdentity(point) == 1) {
      throw new Rejected(RejectionCode.BAD_ELEMENT, "ristretto255 identity");
    }
    return new RistrettoElement(point, encoding);
  }

  @Override
  public RistrettoScalar decodeScalar(SecretBytes encoding) throws Rejected {
    if (encoding.size() != RistrettoScalar.SIZE) {
      throw new Rejected(RejectionCode.BAD_SCALAR, "ristretto255 scalar length");
    }
    byte[] octets = encoding.copy();
    try {
      return CurveScalar.decodeCanonical(octets, 0)
          .filter(value -> value.isZero() == 0)
          .map(RistrettoScalar::new)
          .orElseThrow(() ->
              new Rejected(RejectionCode.BAD_SCALAR, "ristretto255 scalar zero or not reduced"));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  @Override
  public SecretBytes encodeSecret(RistrettoElement element) {
    return SecretBytes.wrap(RistrettoEncoding.encode(element.point));
  }

  @Override
  public SecretBytes encodeScalar(RistrettoScalar scalar) {
    return SecretBytes.wrap(scalar.value.encode());
  }

  /** By wide reduction of 64 octets, whose bias of 2⁻²⁵⁹ is nothing; drawn again for zero. */
  @Override
  public RistrettoScalar randomScalar(Randomness randomness) {
    for (int attempt = 0; attempt < 128; attempt++) {
      try (SecretBytes uniform = SecretBytes.random(randomness, RistrettoEncoding.UNIFORM)) {
        RistrettoScalar scalar = scalarFromUniform(uniform);
        if (!isZero(scalar)) {
          return scalar;
        }
      }
    }
    // Only a broken generator gives zero 128 times: going on would blind with nothing.
    throw new IllegalStateException("the random generator gives only zeros");
  }

  @Override
  public RistrettoScalar scalarFromUniform(SecretBytes uniform) {
    Invariant.check(uniform.size() == RistrettoEncoding.UNIFORM, "wide reduction takes 64 octets");
    byte[] octets = uniform.copy();
    try {
      return new RistrettoScalar(CurveScalar.reduceWide(octets));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  @Override
  public RistrettoScalar scalar(long value) {
    return new RistrettoScalar(CurveScalar.of(value));
  }

  @Override
  public RistrettoElement hashToGroup(SecretBytes input, Bytes domainSeparationTag) {
    byte[] octets;
    try (SecretBytes uniform = ExpandMessage.xmd64(input, domainSeparationTag)) {
      octets = uniform.copy();
    }
    EdwardsPoint point = new EdwardsPoint();
    RistrettoEncoding.map(point, octets);
    Arrays.fill(octets, (byte) 0);
    return new RistrettoElement(point);
  }

  @Override
  public RistrettoScalar hashToScalar(SecretBytes input, Bytes domainSeparationTag) {
    try (SecretBytes uniform = ExpandMessage.xmd64(input, domainSeparationTag)) {
      return scalarFromUniform(uniform);
    }
  }

  @Override
  public RistrettoElement add(RistrettoElement a, RistrettoElement b) {
    return new RistrettoElement(new EdwardsPoint().add(a.point, b.point));
  }

  @Override
  public RistrettoElement negate(RistrettoElement a) {
    return new RistrettoElement(new EdwardsPoint().negate(a.point));
  }

  @Override
  public RistrettoElement multiply(RistrettoScalar k, RistrettoElement a) {
    EdwardsPoint product = new EdwardsPoint();
    if (a == GENERATOR) {
      BasePoint.multiply(product, k.value);
    } else {
      PointMultiplication.multiply(product, k.value, a.point);
    }
    return new RistrettoElement(product);
  }

  @Override
  public RistrettoElement multiplyVarTime(long k, RistrettoElement a) {
    EdwardsPoint product = new EdwardsPoint();
    PointMultiplication.multiplyVarTime(product, k, a.point);
    return new RistrettoElement(product);
  }

  @Override
  public boolean equal(RistrettoElement a, RistrettoElement b) {
    return RistrettoEncoding.equal(a.point, b.point) == 1;
  }

  @Override
  public boolean isIdentity(RistrettoElement a) {
    return RistrettoEncoding.isIdentity(a.point) == 1;
  }

  @Override
  public RistrettoScalar addScalars(RistrettoScalar a, RistrettoScalar b) {
    return new RistrettoScalar(a.value.add(b.value));
  }

  @Override
  public RistrettoScalar multiplyScalars(RistrettoScalar a, RistrettoScalar b) {
    return new RistrettoScalar(a.value.multiply(b.value));
  }

  @Override
  public RistrettoScalar invert(RistrettoScalar a) {
    return new RistrettoScalar(a.value.invert());
  }

  @Override
  public boolean isZero(RistrettoScalar a) {
    return a.value.isZero() == 1;
  }
}
