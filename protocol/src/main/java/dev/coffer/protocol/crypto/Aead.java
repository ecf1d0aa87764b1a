package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM with a 128-bit tag (NIST SP 800-38D). Stateless and thread-safe. The caller
 * guarantees that a nonce is never used twice under one key.
 */
public final class Aead {
  /** Octets of the key. */
  public static final int KEY = 32;

  /** Octets of the nonce. */
  public static final int NONCE = 12;

  /** Octets by which the ciphertext is longer than the plaintext. */
  public static final int TAG = 16;

  /** The zero nonce, for keys that seal exactly one message. */
  public static final Bytes ZERO_NONCE = Bytes.zeros(NONCE);

  private Aead() {}

  /** ciphertext ‖ tag. */
  public static Bytes seal(SecretBytes key, Bytes nonce, byte[] aad, byte[] plaintext) {
    try {
      return Bytes.wrap(run(Cipher.ENCRYPT_MODE, key, nonce, aad, plaintext));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM seal", e);
    }
  }

  /** The plaintext; {@link RejectionCode#BAD_CIPHERTEXT} if the tag does not match. */
  public static SecretBytes open(SecretBytes key, Bytes nonce, byte[] aad, Bytes ciphertext)
      throws Rejected {
    if (ciphertext.size() < TAG) {
      throw new Rejected(RejectionCode.BAD_CIPHERTEXT, "shorter than its tag");
    }
    try {
      return SecretBytes.wrap(run(Cipher.DECRYPT_MODE, key, nonce, aad, ciphertext.toByteArray()));
    } catch (AEADBadTagException e) {
      throw new Rejected(RejectionCode.BAD_CIPHERTEXT, "authentication tag");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM open", e);
    }
  }

  private static byte[] run(int mode, SecretBytes key, Bytes nonce, byte[] aad, byte[] input)
      throws GeneralSecurityException {
    // The runtime would take 16 octets too, and quietly be AES-128.
    Invariant.check(key.size() == KEY, "an AES-256 key has 32 octets");
    try (RuntimeKey runtimeKey = RuntimeKey.of(key, "AES")) {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, runtimeKey, new GCMParameterSpec(128, nonce.toByteArray()));
      try {
        cipher.updateAAD(aad);
        return cipher.doFinal(input);
      } finally {
        forget(cipher, mode, nonce);
      }
    }
  }

  /**
   * Gives it a blank key, which overwrites the key and its schedule. Another nonce, lest it ask.
   */
  private static void forget(Cipher cipher, int mode, Bytes nonce) throws GeneralSecurityException {
    byte[] other = nonce.toByteArray();
    other[0] ^= 1;
    try (RuntimeKey blank = RuntimeKey.blank(KEY, "AES")) {
      cipher.init(mode, blank, new GCMParameterSpec(128, other));
    }
  }
}
