package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import java.util.Arrays;

/** HKDF with SHA-256 (RFC 5869). Stateless and thread-safe. */
public final class Hkdf {
  private Hkdf() {}

  /** HKDF-Extract: a pseudorandom key of 32 octets. */
  public static SecretBytes extract(byte[] salt, SecretBytes inputKey) {
    byte[] copy = inputKey.copy();
    SecretBytes saltKey = SecretBytes.copyOf(salt);
    try {
      return SecretBytes.wrap(Hashes.hmac("HmacSHA256", saltKey, copy));
    } finally {
      Arrays.fill(copy, (byte) 0);
      saltKey.destroy();
    }
  }

  /** HKDF-Expand to {@code size} octets, at most 8,160. */
  public static SecretBytes expand(SecretBytes key, byte[] info, int size) {
    Invariant.check(size <= 255 * 32, "HKDF output length");
    byte[] output = new byte[size];
    byte[] block = new byte[0];
    for (int done = 0, counter = 1; done < size; counter++) {
      byte[] next = Hashes.hmac("HmacSHA256", key, block, info, new byte[] {(byte) counter});
      Arrays.fill(block, (byte) 0);
      block = next;
      int part = Math.min(32, size - done);
      System.arraycopy(block, 0, output, done, part);
      done += part;
    }
    Arrays.fill(block, (byte) 0);
    return SecretBytes.wrap(output);
  }

  /** Extract, then expand, with labelled tuples. */
  public static SecretBytes derive(
      CanonicalWriter salt, SecretBytes inputKey, CanonicalWriter info, int size) {
    try (SecretBytes key = extract(salt.toByteArray(), inputKey)) {
      return expand(key, info.toByteArray(), size);
    }
  }

  /** Extract with an empty salt, then expand: for input keys that are uniform already. */
  public static SecretBytes derive(SecretBytes inputKey, CanonicalWriter info, int size) {
    return derive(new CanonicalWriter(), inputKey, info, size);
  }
}
