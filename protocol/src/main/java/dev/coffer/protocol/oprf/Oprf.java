package dev.coffer.protocol.oprf;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.PrimeOrderGroup;

/**
 * RFC 9497 in base mode (0x00) over ristretto255-SHA512, or over a toy group in tests. Immutable and thread-safe.
 *
 * @param <E> the group's elements
 * @param <S> the group's scalars
 */
public final class Oprf<E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> {
  private final PrimeOrderGroup<E, S> group;
  private final String suite;

  /** @param suite RFC 9497's identifier, {@code ristretto255-SHA512} */
  public Oprf(PrimeOrderGroup<E, S> group, String suite) {
    this.group = group;
    this.suite = suite;
  }

  /** What the client keeps of a blinding. {@code blind} is secret. */
  public record Blinding<E, S>(S blind, E blindedElement) {
    @Override
    public String toString() {
      return "Blinding[redacted]";
    }
  }

  /** RFC 9497 §3.3.1 Blind. Rejects the (unreachable in practice) input that hashes to the identity. */
  public Blinding<E, S> blind(SecretBytes input, Randomness randomness) throws Rejected {
    throw new UnsupportedOperationException();
  }

  /** The same with a blind that was kept for a retry or is given by a test vector. */
  public Blinding<E, S> blind(SecretBytes input, S blind) throws Rejected {
    throw new UnsupportedOperationException();
  }

  /** RFC 9497 §3.3.1 BlindEvaluate, under a whole key or a share of one. */
  public E evaluate(S key, E blindedElement) {
    throw new UnsupportedOperationException();
  }

  /** RFC 9497 §3.3.1 Finalize: 64 octets. */
  public SecretBytes finalizeOutput(SecretBytes input, S blind, E evaluatedElement) {
    throw new UnsupportedOperationException();
  }

  /** RFC 9497 §3.2.1 DeriveKeyPair, the private half (for test vectors). */
  public S deriveKey(SecretBytes seed, Bytes info) {
    throw new UnsupportedOperationException();
  }
}
