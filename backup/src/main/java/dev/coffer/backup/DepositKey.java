package dev.coffer.backup;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * What opens the deposits of one user, derived from K apart from {@link BackupKey}: its recipient
 * is made to be published, and says nothing of the repository's.
 *
 * <p><b>Security guarantees:</b> K itself is not kept; redacted text; {@link #destroy} erases what
 * this class holds. <b>Not guaranteed:</b> forward secrecy: whoever gets K opens old deposits too.
 *
 * <p>Thread-safe; {@code destroy} must not race with use.
 */
public final class DepositKey implements AutoCloseable {
  private final SecretBytes scalar;
  private final String recipient;

  private DepositKey(SecretBytes scalar, String recipient) {
    this.scalar = scalar;
    this.recipient = recipient;
  }

  /** Derives from K, {@value BackupKey#SIZE} octets, which the caller still has to destroy. */
  public static DepositKey derive(SecretBytes k) {
    Invariant.check(k.size() == BackupKey.SIZE, "K has 32 octets");
    SecretBytes scalar = Hkdf.derive(k, Label.DEPOSIT_IDENTITY.tuple(), BackupKey.SIZE);
    return new DepositKey(scalar, AgeText.recipient(scalar));
  }

  /** The address of the box, {@code age1…}: whoever has it can encrypt to it and read nothing. */
  public String recipient() {
    return recipient;
  }

  /** The identity as the age program reads it, in ASCII; the caller destroys it. */
  public SecretBytes identity() {
    return AgeText.identity(scalar);
  }

  /** Erases the key. May be called again. */
  public void destroy() {
    scalar.destroy();
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  @Override
  public String toString() {
    return "DepositKey[redacted]";
  }
}
