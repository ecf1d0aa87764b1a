package dev.coffer.client.secret;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * K: 32 random octets from which everything about a backup is derived. Several slots may protect
 * the same K.
 *
 * <p><b>Security guarantees:</b> redacted text, no {@code equals}, erased by {@link #destroy}.
 * <b>Not guaranteed:</b> see {@link SecretBytes}. Thread-safe; {@code destroy} must not race with
 * use.
 */
public final class BackupSecret implements AutoCloseable {
  /** Octets of K. */
  public static final int SIZE = 32;

  private final SecretBytes octets;

  private BackupSecret(SecretBytes octets) {
    this.octets = octets;
  }

  /** A new K. */
  public static BackupSecret generate(Randomness randomness) {
    return new BackupSecret(SecretBytes.random(randomness, SIZE));
  }

  /** Takes over the octets of a K, {@value #SIZE} of them. */
  public static BackupSecret of(SecretBytes octets) {
    Invariant.check(octets.size() == SIZE, "K has 32 octets");
    return new BackupSecret(octets);
  }

  /** The octets, for deriving keys; a copy that the caller destroys. */
  public SecretBytes copy() {
    return octets.slice(0, SIZE);
  }

  /** Whether both are the same K, in constant time. */
  public boolean sameAs(BackupSecret other) {
    return octets.sameAs(other.octets);
  }

  /** Erases K. May be called again. */
  public void destroy() {
    octets.destroy();
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  @Override
  public String toString() {
    return "BackupSecret[redacted]";
  }
}
