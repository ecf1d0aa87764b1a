package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The derivations of RFC 9180 in base mode for DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256, apart
 * from the AEAD. The AEAD's identifier is an argument so that the export-only test vectors run
 * through the same code as {@link Hpke}.
 */
final class HpkeSuite {
  /** AES-256-GCM. */
  static final int AEAD_AES_256_GCM = 0x0002;

  /** No encryption at all. */
  static final int AEAD_EXPORT_ONLY = 0xffff;

  private static final int DIGEST = 32;
  private static final byte[] EMPTY = new byte[0];
  private static final byte[] VERSION = ascii("HPKE-v1");

  /** "KEM" ‖ I2OSP(0x0020, 2). */
  private static final byte[] KEM_SUITE = join(ascii("KEM"), new byte[] {0, 0x20});

  private final byte[] suite;
  private final byte[] pskIdHash;

  /**
   * @param aead the identifier of RFC 9180 §7.3
   */
  HpkeSuite(int aead) {
    suite = join(ascii("HPKE"), new byte[] {0, 0x20, 0, 1, (byte) (aead >>> 8), (byte) aead});
    try (SecretBytes none = SecretBytes.wrap(EMPTY);
        SecretBytes hash = extract(suite, EMPTY, "psk_id_hash", none)) {
      pskIdHash = hash.copy();
    }
  }

  /** What both sides derive. Secret; the holder closes it. */
  static final class Context implements AutoCloseable {
    final SecretBytes key;
    final SecretBytes baseNonce;
    final SecretBytes exporterSecret;

    private Context(SecretBytes key, SecretBytes baseNonce, SecretBytes exporterSecret) {
      this.key = key;
      this.baseNonce = baseNonce;
      this.exporterSecret = exporterSecret;
    }

    /** Erases all three. */
    @Override
    public void close() {
      key.destroy();
      baseNonce.destroy();
      exporterSecret.destroy();
    }
  }

  /** Encap of §4.1 with a given ephemeral key, then {@link #schedule}. */
  Context sender(SecretBytes ephemeral, Bytes encapsulation, Bytes recipientKey, Bytes info)
      throws Rejected {
    try (SecretBytes agreed = X25519.agree(ephemeral, recipientKey);
        SecretBytes shared = sharedSecret(agreed, encapsulation, recipientKey)) {
      return schedule(shared, info);
    }
  }

  /** Decap of §4.1, then {@link #schedule}; the recipient brings its own public key. */
  Context recipient(SecretBytes privateKey, Bytes publicKey, Bytes encapsulation, Bytes info)
      throws Rejected {
    try (SecretBytes agreed = X25519.agree(privateKey, encapsulation);
        SecretBytes shared = sharedSecret(agreed, encapsulation, publicKey)) {
      return schedule(shared, info);
    }
  }

  /** ExtractAndExpand of §4.1. */
  static SecretBytes sharedSecret(SecretBytes agreed, Bytes encapsulation, Bytes recipientKey) {
    byte[] context = encapsulation.concat(recipientKey).toByteArray();
    try (SecretBytes prk = extract(KEM_SUITE, EMPTY, "eae_prk", agreed)) {
      return expand(KEM_SUITE, prk, "shared_secret", context, DIGEST);
    }
  }

  /** KeySchedule of §5.1 in base mode. */
  Context schedule(SecretBytes shared, Bytes info) {
    byte[] context;
    try (SecretBytes infoSecret = SecretBytes.copyOf(info);
        SecretBytes infoHash = extract(suite, EMPTY, "info_hash", infoSecret)) {
      context = join(new byte[1], pskIdHash, infoHash.copy());
    }
    byte[] salt = shared.copy();
    try (SecretBytes noPsk = SecretBytes.wrap(EMPTY);
        SecretBytes secret = extract(suite, salt, "secret", noPsk)) {
      return new Context(
          expand(suite, secret, "key", context, DIGEST),
          expand(suite, secret, "base_nonce", context, Aead.NONCE),
          expand(suite, secret, "exp", context, DIGEST));
    } finally {
      Arrays.fill(salt, (byte) 0);
    }
  }

  /** Export of §5.3. */
  SecretBytes export(SecretBytes exporterSecret, Bytes exporterContext, int size) {
    return expand(suite, exporterSecret, "sec", exporterContext.toByteArray(), size);
  }

  /** LabeledExtract of §4. */
  private static SecretBytes extract(
      byte[] suite, byte[] salt, String label, SecretBytes inputKey) {
    byte[] copy = inputKey.copy();
    try (SecretBytes labelled = SecretBytes.wrap(join(VERSION, suite, ascii(label), copy))) {
      return Hkdf.extract(salt, labelled);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /** LabeledExpand of §4. */
  private static SecretBytes expand(
      byte[] suite, SecretBytes prk, String label, byte[] info, int size) {
    byte[] length = {(byte) (size >>> 8), (byte) size};
    return Hkdf.expand(prk, join(length, VERSION, suite, ascii(label), info), size);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] join(byte[]... parts) {
    int size = 0;
    for (byte[] part : parts) {
      size += part.length;
    }
    byte[] joined = new byte[size];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }
}
