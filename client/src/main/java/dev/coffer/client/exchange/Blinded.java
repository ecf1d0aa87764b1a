package dev.coffer.client.exchange;

import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;

/**
 * A blinded code with its blind (RFC 9497 §3.3.1). Whoever holds both can test codes against it
 * without the vault, so it lives in memory only while an operation is unfinished. Not thread-safe.
 */
public final class Blinded implements AutoCloseable {
  private final SecretBytes blind;
  private final Bytes element;

  private Blinded(SecretBytes blind, Bytes element) {
    this.blind = blind;
    this.element = element;
  }

  /** Blinds a code afresh. */
  public static Blinded of(Randomness randomness, Subject subject, RecoveryCode code) {
    RistrettoScalar blind = Ristretto255.GROUP.randomScalar(randomness);
    try {
      return new Blinded(Ristretto255.GROUP.encodeScalar(blind), blind(subject, code, blind));
    } finally {
      blind.destroy();
    }
  }

  private static Bytes blind(Subject subject, RecoveryCode code, RistrettoScalar blind) {
    try (SecretBytes input = KeySchedule.oprfInput(subject, code)) {
      return Oprf.RISTRETTO255.blind(input, blind).blindedElement().encode();
    } catch (Rejected e) {
      throw new IllegalStateException("a code hashes to the identity", e);
    }
  }

  /** The blinded element, 32 octets, which is what leaves the device (INV-1). */
  public Bytes element() {
    return element;
  }

  /** Whether this blinds {@code code}. */
  public boolean blinds(Subject subject, RecoveryCode code) {
    RistrettoScalar scalar = scalar();
    try {
      return blind(subject, code, scalar).equals(element);
    } finally {
      scalar.destroy();
    }
  }

  /** RFC 9497 §3.3.1 Finalize: 64 octets that the caller destroys. */
  public SecretBytes finish(Subject subject, RecoveryCode code, RistrettoElement evaluated) {
    RistrettoScalar scalar = scalar();
    try (SecretBytes input = KeySchedule.oprfInput(subject, code)) {
      return Oprf.RISTRETTO255.finalizeOutput(input, scalar, evaluated);
    } finally {
      scalar.destroy();
    }
  }

  private RistrettoScalar scalar() {
    try {
      return Ristretto255.GROUP.decodeScalar(blind);
    } catch (Rejected e) {
      throw new IllegalStateException("a kept blind is a scalar", e);
    }
  }

  void write(CanonicalWriter out) {
    blind.write(out);
    out.raw(element);
  }

  static Blinded read(CanonicalReader in) throws Rejected {
    SecretBytes blind = SecretBytes.read(in, Limits.DIGEST);
    Ristretto255.GROUP.decodeScalar(blind).destroy();
    Bytes element = in.raw(Limits.DIGEST);
    return new Blinded(blind, element);
  }

  /** Erases the blind. */
  @Override
  public void close() {
    blind.destroy();
  }

  @Override
  public String toString() {
    return "Blinded[redacted]";
  }
}
