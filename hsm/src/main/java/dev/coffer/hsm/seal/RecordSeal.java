package dev.coffer.hsm.seal;

import dev.coffer.hsm.seal.FleetKeys.Common;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;

/**
 * Records as they lie in hosts' stores: nonce[12] ‖ AES-256-GCM, exactly 1,024 octets. One key a
 * record; the nonce is a MAC over head, position and plaintext. So every HSM makes the same octets,
 * and two HSMs that hosts feed different entries still never use a nonce twice.
 */
public final class RecordSeal {
  private final FleetKeys keys;
  private final FleetId fleetId;
  private final int partition;

  /** The records of one partition. */
  public RecordSeal(FleetKeys keys, FleetId fleetId, int partition) {
    this.keys = keys;
    this.fleetId = fleetId;
    this.partition = partition;
  }

  /**
   * The ciphertext of {@code plaintext}, as operation {@code position} under {@code head} left it.
   */
  public Bytes seal(TreeKey treeKey, Bytes head, int position, byte[] plaintext) {
    Bytes nonce =
        Hashes.hmacSha256(
                keys.key(Common.NONCE),
                Label.RECORD_NONCE.tuple().field(head).field(position).field(plaintext))
            .slice(0, Aead.NONCE);
    try (SecretBytes key = key(treeKey)) {
      Bytes record = nonce.concat(Aead.seal(key, nonce, aad(treeKey), plaintext));
      Invariant.check(record.size() == Limits.RECORD, "every record has one size");
      return record;
    }
  }

  /** The plaintext, which the caller erases. */
  public SecretBytes open(TreeKey treeKey, Bytes record) throws Rejected {
    try (SecretBytes key = key(treeKey)) {
      return Aead.open(
          key, record.slice(0, Aead.NONCE), aad(treeKey), record.slice(Aead.NONCE, record.size()));
    }
  }

  private SecretBytes key(TreeKey treeKey) {
    return Hkdf.derive(
        keys.key(Common.RECORD),
        Label.RECORD_KEY.tuple().field(partition).field(treeKey.value()),
        32);
  }

  private byte[] aad(TreeKey treeKey) {
    return Label.RECORD_SEAL
        .tuple()
        .field(fleetId.value())
        .field(partition)
        .field(treeKey.value())
        .toByteArray();
  }
}
