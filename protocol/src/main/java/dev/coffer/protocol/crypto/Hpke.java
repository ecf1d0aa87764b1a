package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.Arrays;

/**
 * HPKE base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180, suite 0x0020,
 * 0x0001, 0x0002), single-shot sealing and secret export. Stateless and thread-safe.
 *
 * <p><b>Security guarantees:</b> secrecy against whoever lacks the recipient's key, and integrity
 * of what was sealed. <b>Not guaranteed:</b> who sealed it, since base mode authenticates no
 * sender, and secrecy once the recipient's key leaks.
 */
public final class Hpke {
  /** Octets of an encapsulation. */
  public static final int ENCAPSULATION = 32;

  /** Octets by which a sealed message is longer than its plaintext. */
  public static final int OVERHEAD = ENCAPSULATION + Aead.TAG;

  private static final HpkeSuite SUITE = new HpkeSuite(HpkeSuite.AEAD_AES_256_GCM);

  private Hpke() {}

  /**
   * encapsulation ‖ ciphertext ‖ tag; rejects a recipient key of the wrong length or of low order.
   */
  public static Bytes seal(
      Randomness randomness, Bytes recipientKey, Bytes info, Bytes aad, SecretBytes plaintext)
      throws Rejected {
    try (SecretBytes ephemeral = SecretBytes.random(randomness, X25519.SIZE)) {
      return sealWith(ephemeral, recipientKey, info, aad, plaintext);
    }
  }

  /** {@link #seal} with a given ephemeral key, for the RFC's vectors. */
  static Bytes sealWith(
      SecretBytes ephemeral, Bytes recipientKey, Bytes info, Bytes aad, SecretBytes plaintext)
      throws Rejected {
    Bytes encapsulation = X25519.publicKey(ephemeral);
    byte[] octets = plaintext.copy();
    try (HpkeSuite.Context context = SUITE.sender(ephemeral, encapsulation, recipientKey, info)) {
      Bytes nonce = Bytes.wrap(context.baseNonce.copy());
      return encapsulation.concat(Aead.seal(context.key, nonce, aad.toByteArray(), octets));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  /**
   * Opens what {@link #seal} made; {@link RejectionCode#BAD_CIPHERTEXT} if it was not made for this
   * key, info and aad.
   */
  public static SecretBytes open(
      SecretBytes recipientPrivateKey, Bytes info, Bytes aad, Bytes sealed) throws Rejected {
    return open(recipientPrivateKey, X25519.publicKey(recipientPrivateKey), info, aad, sealed);
  }

  /**
   * The same for a recipient that has its public key at hand, which saves a multiplication. With
   * another key's public half nothing opens; nothing else can go wrong.
   */
  public static SecretBytes open(
      SecretBytes recipientPrivateKey,
      Bytes recipientPublicKey,
      Bytes info,
      Bytes aad,
      Bytes sealed)
      throws Rejected {
    if (sealed.size() < OVERHEAD) {
      throw new Rejected(RejectionCode.TRUNCATED, "HPKE message");
    }
    Bytes encapsulation = sealed.slice(0, ENCAPSULATION);
    try (HpkeSuite.Context context =
        SUITE.recipient(recipientPrivateKey, recipientPublicKey, encapsulation, info)) {
      Bytes nonce = Bytes.wrap(context.baseNonce.copy());
      Bytes ciphertext = sealed.slice(ENCAPSULATION, sealed.size());
      return Aead.open(context.key, nonce, aad.toByteArray(), ciphertext);
    }
  }

  /**
   * A sender's context used for export alone. The private part of the encapsulation is erased
   * inside.
   */
  public static Exporter encapsulate(Randomness randomness, Bytes recipientKey, Bytes info)
      throws Rejected {
    try (SecretBytes ephemeral = SecretBytes.random(randomness, X25519.SIZE)) {
      Bytes encapsulation = X25519.publicKey(ephemeral);
      return exporter(encapsulation, SUITE.sender(ephemeral, encapsulation, recipientKey, info));
    }
  }

  /** The recipient's half of {@link #encapsulate}. */
  public static Exporter decapsulate(
      SecretBytes recipientPrivateKey, Bytes encapsulation, Bytes info) throws Rejected {
    Bytes recipientPublicKey = X25519.publicKey(recipientPrivateKey);
    return decapsulate(recipientPrivateKey, recipientPublicKey, encapsulation, info);
  }

  /**
   * The same for a recipient that has its public key at hand, which saves a multiplication. With
   * another key's public half both sides export different secrets; nothing else can go wrong.
   */
  public static Exporter decapsulate(
      SecretBytes recipientPrivateKey, Bytes recipientPublicKey, Bytes encapsulation, Bytes info)
      throws Rejected {
    HpkeSuite.Context context =
        SUITE.recipient(recipientPrivateKey, recipientPublicKey, encapsulation, info);
    return exporter(encapsulation, context);
  }

  private static Exporter exporter(Bytes encapsulation, HpkeSuite.Context context) {
    try (context) {
      return new Exporter(
          encapsulation, context.exporterSecret.slice(0, context.exporterSecret.size()));
    }
  }

  /** An HPKE context reduced to its exporter secret. */
  public static final class Exporter implements AutoCloseable {
    private final Bytes encapsulation;
    private final SecretBytes exporterSecret;

    Exporter(Bytes encapsulation, SecretBytes exporterSecret) {
      this.encapsulation = encapsulation;
      this.exporterSecret = exporterSecret;
    }

    /**
     * Restores a sender's context that was kept with its request for retries (32-octet exporter
     * secret).
     */
    public static Exporter restore(Bytes encapsulation, SecretBytes exporterSecret) {
      return new Exporter(encapsulation, exporterSecret);
    }

    /** The encapsulation, 32 octets. */
    public Bytes encapsulation() {
      return encapsulation;
    }

    /**
     * The exporter secret itself, for keeping a pending request across restarts; the caller erases
     * it.
     */
    public SecretBytes exporterSecret() {
      return exporterSecret;
    }

    /** RFC 9180 §5.3: {@code size} octets for this context. */
    public SecretBytes export(Bytes exporterContext, int size) {
      return SUITE.export(exporterSecret, exporterContext, size);
    }

    /** Erases the exporter secret. */
    @Override
    public void close() {
      exporterSecret.destroy();
    }
  }
}
