package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** SHA-256, SHA-512 and their HMACs (RFC 2104). Stateless and thread-safe. */
public final class Hashes {
  private Hashes() {}

  /** SHA-256 of a labelled tuple: 32 octets. */
  public static Bytes sha256(CanonicalWriter tuple) {
    return Bytes.wrap(digest("SHA-256").digest(tuple.toByteArray()));
  }

  /**
   * SHA-256 of raw octets: 32 octets. For formats that are not ours; inside the protocol every hash
   * has a label.
   */
  public static Bytes sha256(Bytes octets) {
    return Bytes.wrap(digest("SHA-256").digest(octets.toByteArray()));
  }

  /** SHA-512 of the concatenation of {@code parts}: a fresh array of 64 octets. */
  public static byte[] sha512(byte[]... parts) {
    MessageDigest digest = digest("SHA-512");
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
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
    byte[] copy = key.copy();
    try {
      Mac mac = Mac.getInstance(algorithm);
      // SecretKeySpec refuses an empty key, HMAC does not: both pad to the block with zeros.
      mac.init(new SecretKeySpec(copy.length == 0 ? new byte[1] : copy, algorithm));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime lacks " + algorithm, e);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this runtime lacks " + algorithm, e);
    }
  }
}
