package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;

/** SHA-256, SHA-512 and their HMACs (RFC 2104). Stateless and thread-safe. */
public final class Hashes {
  private Hashes() {}

  /** SHA-256 of a labelled tuple: 32 octets. */
  public static Bytes sha256(CanonicalWriter tuple) {
    return Bytes.wrap(digest("SHA-256", tuple.toByteArray()));
  }

  /**
   * SHA-256 of raw octets: 32 octets. For formats that are not ours; inside the protocol every hash
   * has a label.
   */
  public static Bytes sha256(Bytes octets) {
    return Bytes.wrap(digest("SHA-256", octets.toByteArray()));
  }

  /** SHA-512 of the concatenation of {@code parts}: a fresh array of 64 octets. */
  public static byte[] sha512(byte[]... parts) {
    return digest("SHA-512", parts);
  }

  /** HMAC-SHA256 of a labelled tuple: 32 public octets. */
  public static Bytes hmacSha256(SecretBytes key, CanonicalWriter tuple) {
    return Bytes.wrap(hmac("HmacSHA256", key, tuple.toByteArray()));
  }

  /** HMAC-SHA512 of a labelled tuple: 64 octets. */
  public static SecretBytes hmacSha512(SecretBytes key, CanonicalWriter tuple) {
    return SecretBytes.wrap(hmac("HmacSHA512", key, tuple.toByteArray()));
  }

  static byte[] hmac(String algorithm, SecretBytes key, byte[]... parts) {
    try (RuntimeKey runtimeKey = RuntimeKey.of(key, algorithm)) {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(runtimeKey);
      for (byte[] part : parts) {
        mac.update(part);
      }
      byte[] result = mac.doFinal();
      // The object holds the key under its pads, and the result as the state of its digest, until
      // it has another key and has begun another message.
      try (RuntimeKey blank = RuntimeKey.blank(1, algorithm)) {
        mac.init(blank);
      }
      mac.update((byte) 0);
      mac.reset();
      return result;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime lacks " + algorithm, e);
    }
  }

  private static byte[] digest(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      byte[] result = digest.digest();
      // Until then it holds the last block and the result.
      digest.reset();
      return result;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime lacks " + algorithm, e);
    }
  }
}
