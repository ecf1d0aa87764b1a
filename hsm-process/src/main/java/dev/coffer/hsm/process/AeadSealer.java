package dev.coffer.hsm.process;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.util.Arrays;

/** AES-256-GCM here, under a key that comes from elsewhere: a nonce of 12 octets ‖ ciphertext. */
public final class AeadSealer implements Sealer {
  private final KeySource key;
  private final Randomness randomness;
  private final String whoseKey;

  /** Where the key comes from. */
  @FunctionalInterface
  public interface KeySource {
    /** A copy of the key, 32 octets, which is erased after use. */
    SecretBytes take() throws IOException;
  }

  /** Seals with the key that {@code key} gives each time. */
  public AeadSealer(KeySource key, Randomness randomness, String whoseKey) {
    this.key = key;
    this.randomness = randomness;
    this.whoseKey = whoseKey;
  }

  @Override
  public Bytes seal(Bytes aad, SecretBytes plaintext) throws IOException {
    byte[] octets = plaintext.copy();
    try (SecretBytes taken = key.take()) {
      Bytes nonce = randomness.bytes(Aead.NONCE);
      return nonce.concat(Aead.seal(taken, nonce, aad.toByteArray(), octets));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  @Override
  public SecretBytes open(Bytes aad, Bytes sealed) throws IOException, Rejected {
    if (sealed.size() < Aead.NONCE) {
      throw new Rejected(RejectionCode.BAD_CIPHERTEXT, "cut short");
    }
    try (SecretBytes taken = key.take()) {
      return Aead.open(
          taken,
          sealed.slice(0, Aead.NONCE),
          aad.toByteArray(),
          sealed.slice(Aead.NONCE, sealed.size()));
    }
  }

  @Override
  public String whoseKey() {
    return whoseKey;
  }
}
