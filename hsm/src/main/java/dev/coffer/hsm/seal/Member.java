package dev.coffer.hsm.seal;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;

/**
 * This HSM as a founded member of its fleet: what it needs to work, handed down instead of looked
 * up. Thread-safe but for {@link #close}.
 *
 * @param sessionKey X25519 private key to which clients seal
 */
public record Member(
    Fleet fleet,
    int index,
    FleetKeys keys,
    Ed25519.SigningKey statementKey,
    SecretBytes sessionKey,
    Randomness randomness)
    implements AutoCloseable {
  /** Signs under the statement key. */
  public Bytes sign(Bytes text) {
    return statementKey.sign(text);
  }

  /** Erases all keys. */
  @Override
  public void close() {
    keys.close();
    statementKey.close();
    sessionKey.destroy();
  }

  @Override
  public String toString() {
    return "Member[" + index + "]";
  }
}
