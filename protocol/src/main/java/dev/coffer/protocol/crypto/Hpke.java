package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;

/**
 * HPKE base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180, suite 0x0020, 0x0001, 0x0002), single-shot
 * sealing and secret export. Stateless and thread-safe.
 */
public final class Hpke {
  /** Octets of an encapsulation. */
  public static final int ENCAPSULATION = 32;

  private Hpke() {}

  /** encapsulation ‖ ciphertext ‖ tag. */
  public static Bytes seal(Randomness randomness, Bytes recipientKey, Bytes info, Bytes aad, SecretBytes plaintext)
      throws Rejected {
    throw new UnsupportedOperationException();
  }

  /** Opens what {@link #seal} made. */
  public static SecretBytes open(SecretBytes recipientPrivateKey, Bytes info, Bytes aad, Bytes sealed) throws Rejected {
    throw new UnsupportedOperationException();
  }

  /** A sender's context used for export alone. The private part of the encapsulation is erased inside. */
  public static Exporter encapsulate(Randomness randomness, Bytes recipientKey, Bytes info) throws Rejected {
    throw new UnsupportedOperationException();
  }

  /** The recipient's half of {@link #encapsulate}. */
  public static Exporter decapsulate(SecretBytes recipientPrivateKey, Bytes encapsulation, Bytes info) throws Rejected {
    throw new UnsupportedOperationException();
  }

  /** An HPKE context reduced to its exporter secret. */
  public static final class Exporter implements AutoCloseable {
    private final Bytes encapsulation;
    private final SecretBytes exporterSecret;

    Exporter(Bytes encapsulation, SecretBytes exporterSecret) {
      this.encapsulation = encapsulation;
      this.exporterSecret = exporterSecret;
    }

    /** Restores a sender's context that was kept with its request for retries (32-octet exporter secret). */
    public static Exporter restore(Bytes encapsulation, SecretBytes exporterSecret) {
      return new Exporter(encapsulation, exporterSecret);
    }

    /** The encapsulation, 32 octets. */
    public Bytes encapsulation() {
      return encapsulation;
    }

    /** The exporter secret itself, for keeping a pending request across restarts; the caller erases it. */
    public SecretBytes exporterSecret() {
      return exporterSecret;
    }

    /** RFC 9180 §5.3: {@code size} octets for this context. */
    public SecretBytes export(Bytes exporterContext, int size) {
      throw new UnsupportedOperationException();
    }

    /** Erases the exporter secret. */
    @Override
    public void close() {
      exporterSecret.destroy();
    }
  }
}
