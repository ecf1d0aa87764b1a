package dev.coffer.notary.key;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;

/** A key in this process's memory. */
public final class MemoryKey implements Ed25519Key {
  private final Ed25519.SigningKey key;

  /** The key of a 32-octet seed, which the caller still owns. */
  public MemoryKey(SecretBytes seed) {
    this.key = new Ed25519.SigningKey(seed);
  }

  @Override
  public Bytes publicKey() {
    return key.publicKey();
  }

  @Override
  public Bytes sign(Bytes message) {
    return key.sign(message);
  }

  @Override
  public void close() {
    key.close();
  }
}
