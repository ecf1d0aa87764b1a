package dev.coffer.protocol.oprf;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.PrimeOrderGroup;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * RFC 9497 in base mode (0x00) over ristretto255-SHA512, or over a toy group in tests. Immutable
 * and thread-safe.
 *
 * @param <E> the group's elements
 * @param <S> the group's scalars
 */
public final class Oprf<E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> {
  /** The suite ristretto255-SHA512 of RFC 9497 §4.1. */
  public static final Oprf<RistrettoElement, RistrettoScalar> RISTRETTO255 =
      new Oprf<>(Ristretto255.GROUP, "ristretto255-SHA512");

  private final PrimeOrderGroup<E, S> group;
  private final Bytes hashToGroupTag;
  private final Bytes deriveKeyTag;

  /**
   * @param suite RFC 9497's identifier, {@code ristretto255-SHA512}
   */
  public Oprf(PrimeOrderGroup<E, S> group, String suite) {
    this.group = group;
    // contextString of §3.1 in mode 0x00.
    Bytes context =
        Bytes.wrap(ascii("OPRFV1-")).concat(Bytes.zeros(1)).concat(Bytes.wrap(ascii("-" + suite)));
    this.hashToGroupTag = Bytes.wrap(ascii("HashToGroup-")).concat(context);
    this.deriveKeyTag = Bytes.wrap(ascii("DeriveKeyPair")).concat(context);
  }

  /** What the client keeps of a blinding. {@code blind} is secret. */
  public record Blinding<E, S>(S blind, E blindedElement) {
    @Override
    public String toString() {
      return "Blinding[redacted]";
    }
  }

  /**
   * RFC 9497 §3.3.1 Blind. {@link RejectionCode#BAD_ELEMENT} for an input that hashes to the
   * identity, which nobody can find in ristretto255.
   *
   * @param input at most 65,535 octets
   */
  public Blinding<E, S> blind(SecretBytes input, Randomness randomness) throws Rejected {
    return blind(input, group.randomScalar(randomness));
  }

  /** The same with a blind that was kept for a retry or is given by a test vector; not zero. */
  public Blinding<E, S> blind(SecretBytes input, S blind) throws Rejected {
    Invariant.check(!group.isZero(blind), "a blind is not zero");
    E element = group.hashToGroup(input, hashToGroupTag);
    try {
      if (group.isIdentity(element)) {
        throw new Rejected(RejectionCode.BAD_ELEMENT, "OPRF input hashes to the identity");
      }
      return new Blinding<>(blind, group.multiply(blind, element));
    } finally {
      // Whoever finds it needs one hash a guess, and neither vault nor stretching.
      element.destroy();
    }
  }

  /** RFC 9497 §3.3.1 BlindEvaluate, under a whole key or a share of one. */
  public E evaluate(S key, E blindedElement) {
    return group.multiply(key, blindedElement);
  }

  /** RFC 9497 §3.3.1 Finalize: 64 octets. */
  public SecretBytes finalizeOutput(SecretBytes input, S blind, E evaluatedElement) {
    S inverse = group.invert(blind);
    E element = group.multiply(inverse, evaluatedElement);
    byte[] unblinded;
    try (SecretBytes encoded = group.encodeSecret(element)) {
      unblinded = encoded.copy();
    }
    inverse.destroy();
    element.destroy();
    byte[] message = input.copy();
    try {
      return SecretBytes.wrap(
          Hashes.sha512(
              length(message.length),
              message,
              length(unblinded.length),
              unblinded,
              ascii("Finalize")));
    } finally {
      Arrays.fill(message, (byte) 0);
      Arrays.fill(unblinded, (byte) 0);
    }
  }

  /**
   * RFC 9497 §3.2.1 DeriveKeyPair, the private half (for test vectors).
   *
   * @param info at most 65,535 octets
   */
  public S deriveKey(SecretBytes seed, Bytes info) {
    byte[] octets = seed.copy();
    byte[] input = new CanonicalWriter().raw(octets).string(info).u8(0).toByteArray();
    Arrays.fill(octets, (byte) 0);
    for (int counter = 0; counter < 256; counter++) {
      input[input.length - 1] = (byte) counter;
      try (SecretBytes deriveInput = SecretBytes.copyOf(input)) {
        S key = group.hashToScalar(deriveInput, deriveKeyTag);
        if (!group.isZero(key)) {
          Arrays.fill(input, (byte) 0);
          return key;
        }
      }
    }
    throw new IllegalStateException("DeriveKeyPairError");
  }

  private static byte[] length(int size) {
    Invariant.check(size <= 0xffff, "an OPRF input has at most 65535 octets");
    return new byte[] {(byte) (size >>> 8), (byte) size};
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
