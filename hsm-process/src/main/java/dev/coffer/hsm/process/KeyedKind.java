package dev.coffer.hsm.process;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;

/** Slots under HMAC-SHA256: who has not the key writes none that counts. */
public final class KeyedKind implements SlotMemory.Kind {
  private final Bytes magic;
  private final SecretBytes key;

  /**
   * @param magic 16 octets
   * @param key 32 octets, which live as long as the process
   */
  public KeyedKind(Bytes magic, SecretBytes key) {
    this.magic = magic;
    this.key = key;
  }

  @Override
  public Bytes magic() {
    return magic;
  }

  @Override
  public Bytes check(int partition, Bytes covered) {
    return Hashes.hmacSha256(
        key, Label.SEALED_STATE.tuple().field("memory").field(partition).field(covered));
  }
}
