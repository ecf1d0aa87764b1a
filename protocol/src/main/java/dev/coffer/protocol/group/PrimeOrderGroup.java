package dev.coffer.protocol.group;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * A group of prime order with the maps RFC 9497 §2.1 asks for. Its two implementations are {@link
 * Ristretto255} and, in the tests, a toy group small enough for exhaustive search. Immutable and
 * thread-safe.
 *
 * @param <E> its elements
 * @param <S> its scalars
 */
public interface PrimeOrderGroup<
    E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> {
  /**
   * An element other than through decoding cannot be hostile. Public unless its holder says
   * otherwise.
   */
  interface Element {
    /** The one encoding. */
    Bytes encode();

    /** Overwrites the coordinates, where its holder says that it is secret. */
    void destroy();
  }

  /** An integer modulo the order. Always treated as secret: redacted text, no {@code equals}. */
  interface Scalar {
    /** Overwrites the limbs. */
    void destroy();
  }

  /** The generator. */
  E generator();

  /** RFC 9497 DeserializeElement: rejects the identity and every non-canonical encoding. */
  E decode(Bytes encoding) throws Rejected;

  /** The canonical scalar; zero and unreduced values are rejected. */
  S decodeScalar(SecretBytes encoding) throws Rejected;

  /** The one encoding of an element that is secret; of {@link Element#encode} a copy stays. */
  SecretBytes encodeSecret(E element);

  /** The encoding of a scalar, secret. */
  SecretBytes encodeScalar(S scalar);

  /** A uniform scalar other than zero. */
  S randomScalar(Randomness randomness);

  /** A scalar from 64 uniform octets by wide reduction. */
  S scalarFromUniform(SecretBytes uniform);

  /** The scalar {@code value}, which may be negative: for public coefficients. */
  S scalar(long value);

  /** RFC 9497 HashToGroup with this group's suite and the given domain-separation tag. */
  E hashToGroup(SecretBytes input, Bytes domainSeparationTag);

  /** RFC 9497 HashToScalar. */
  S hashToScalar(SecretBytes input, Bytes domainSeparationTag);

  /** a + b. */
  E add(E a, E b);

  /** −a. */
  E negate(E a);

  /** k·a in constant time. */
  E multiply(S k, E a);

  /** k·a for a small public k, in variable time. */
  E multiplyVarTime(long k, E a);

  /** Whether a = b. */
  boolean equal(E a, E b);

  /** Whether a is the identity. */
  boolean isIdentity(E a);

  /** a + b modulo the order. */
  S addScalars(S a, S b);

  /** a·b modulo the order. */
  S multiplyScalars(S a, S b);

  /** 1/a modulo the order, in constant time; a is not zero. */
  S invert(S a);

  /** Whether a = 0, in constant time. */
  boolean isZero(S a);
}
