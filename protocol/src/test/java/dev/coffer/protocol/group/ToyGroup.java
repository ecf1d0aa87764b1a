package dev.coffer.protocol.group;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The squares modulo 23: a group of the prime order 11, small enough to try everything. Encodings
 * are one octet. Offers no security whatever: for tests only.
 */
public final class ToyGroup implements PrimeOrderGroup<ToyGroup.ToyElement, ToyGroup.ToyScalar> {
  /** The group. */
  public static final ToyGroup GROUP = new ToyGroup();

  /** Its order. */
  public static final int ORDER = 11;

  private static final int MODULUS = 23;
  private static final int GENERATOR = 2;

  private ToyGroup() {}

  /** A square modulo 23. */
  public static final class ToyElement implements Element {
    private final int value;

    private ToyElement(int value) {
      this.value = value;
    }

    @Override
    public Bytes encode() {
      return Bytes.wrap(new byte[] {(byte) value});
    }

    /** Nothing is secret here. */
    @Override
    public void destroy() {}

    @Override
    public String toString() {
      return "toy " + value;
    }
  }

  /** An integer modulo 11. */
  public static final class ToyScalar implements Scalar {
    private int value;

    private ToyScalar(int value) {
      this.value = value;
    }

    /** 0 to 10. */
    public int value() {
      return value;
    }

    @Override
    public void destroy() {
      value = 0;
    }
  }

  /** All eleven elements, the identity first, as multiples 0 to 10 of the generator. */
  public List<ToyElement> elements() {
    return IntStream.range(0, ORDER).mapToObj(k -> multiplyVarTime(k, generator())).toList();
  }

  /** All eleven scalars from 0. */
  public List<ToyScalar> scalars() {
    return IntStream.range(0, ORDER).mapToObj(ToyScalar::new).toList();
  }

  @Override
  public ToyElement generator() {
    return new ToyElement(GENERATOR);
  }

  @Override
  public ToyElement decode(Bytes encoding) throws Rejected {
    if (encoding.size() != 1) {
      throw new Rejected(RejectionCode.BAD_ELEMENT, "toy element length");
    }
    int value = encoding.at(0);
    if (value <= 1 || value >= MODULUS || power(value, ORDER) != 1) {
      throw new Rejected(RejectionCode.BAD_ELEMENT, "toy element");
    }
    return new ToyElement(value);
  }

  @Override
  public ToyScalar decodeScalar(SecretBytes encoding) throws Rejected {
    byte[] octets = encoding.copy();
    if (octets.length != 1 || octets[0] <= 0 || octets[0] >= ORDER) {
      throw new Rejected(RejectionCode.BAD_SCALAR, "toy scalar");
    }
    return new ToyScalar(octets[0]);
  }

  @Override
  public SecretBytes encodeSecret(ToyElement element) {
    return SecretBytes.wrap(element.encode().toByteArray());
  }

  @Override
  public SecretBytes encodeScalar(ToyScalar scalar) {
    return SecretBytes.wrap(new byte[] {(byte) scalar.value});
  }

  @Override
  public ToyScalar randomScalar(Randomness randomness) {
    for (int attempt = 0; attempt < 128; attempt++) {
      ToyScalar scalar = scalarFromUniform(SecretBytes.random(randomness, 64));
      if (scalar.value != 0) {
        return scalar;
      }
    }
    throw new IllegalStateException("the random generator gives only zeros");
  }

  @Override
  public ToyScalar scalarFromUniform(SecretBytes uniform) {
    Invariant.check(uniform.size() == 64, "wide reduction takes 64 octets");
    return new ToyScalar(
        new BigInteger(1, uniform.copy()).mod(BigInteger.valueOf(ORDER)).intValue());
  }

  @Override
  public ToyScalar scalar(long value) {
    return new ToyScalar((int) Math.floorMod(value, (long) ORDER));
  }

  @Override
  public ToyElement hashToGroup(SecretBytes input, Bytes domainSeparationTag) {
    return multiply(hashToScalar(input, domainSeparationTag), generator());
  }

  @Override
  public ToyScalar hashToScalar(SecretBytes input, Bytes domainSeparationTag) {
    return scalarFromUniform(ExpandMessage.xmd64(input, domainSeparationTag));
  }

  @Override
  public ToyElement add(ToyElement a, ToyElement b) {
    return new ToyElement(a.value * b.value % MODULUS);
  }

  @Override
  public ToyElement negate(ToyElement a) {
    return new ToyElement(power(a.value, ORDER - 1));
  }

  @Override
  public ToyElement multiply(ToyScalar k, ToyElement a) {
    return new ToyElement(power(a.value, k.value));
  }

  @Override
  public ToyElement multiplyVarTime(long k, ToyElement a) {
    return multiply(scalar(k), a);
  }

  @Override
  public boolean equal(ToyElement a, ToyElement b) {
    return a.value == b.value;
  }

  @Override
  public boolean isIdentity(ToyElement a) {
    return a.value == 1;
  }

  @Override
  public ToyScalar addScalars(ToyScalar a, ToyScalar b) {
    return new ToyScalar((a.value + b.value) % ORDER);
  }

  @Override
  public ToyScalar multiplyScalars(ToyScalar a, ToyScalar b) {
    return new ToyScalar(a.value * b.value % ORDER);
  }

  @Override
  public ToyScalar invert(ToyScalar a) {
    int inverse = 1;
    for (int i = 0; i < ORDER - 2; i++) {
      inverse = inverse * a.value % ORDER;
    }
    return new ToyScalar(inverse);
  }

  @Override
  public boolean isZero(ToyScalar a) {
    return a.value == 0;
  }

  private static int power(int base, int exponent) {
    int result = 1;
    for (int i = 0; i < exponent; i++) {
      result = result * base % MODULUS;
    }
    return result;
  }
}
