package dev.coffer.backup;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * Everything a repository needs of K: the age identity that opens objects, the recipient they are
 * written to, and the key that names them.
 *
 * <p><b>Security guarantees:</b> K itself is not kept; redacted text; {@link #destroy} erases what
 * this class holds. <b>Not guaranteed:</b> the age library copies the identity while it opens an
 * object and does not erase those copies.
 *
 * <p>age authenticates no sender: who knows the recipient could write objects. So the recipient is
 * secret too, and every object's name is a MAC of its plaintext that reading checks.
 *
 * <p>Thread-safe; {@code destroy} must not race with use.
 */
public final class BackupKey implements AutoCloseable {
  /** Octets of K. */
  public static final int SIZE = 32;

  private final SecretBytes scalar;
  private final SecretBytes nameKey;
  private final String recipient;

  private BackupKey(SecretBytes scalar, SecretBytes nameKey, String recipient) {
    this.scalar = scalar;
    this.nameKey = nameKey;
    this.recipient = recipient;
  }

  /** Derives from K, {@value #SIZE} octets, which the caller still has to destroy. */
  public static BackupKey derive(SecretBytes k) {
    Invariant.check(k.size() == SIZE, "K has 32 octets");
    SecretBytes scalar = Hkdf.derive(k, Label.BACKUP_IDENTITY.tuple(), SIZE);
    SecretBytes nameKey = Hkdf.derive(k, Label.BACKUP_NAME_KEY.tuple(), SIZE);
    return new BackupKey(scalar, nameKey, AgeText.recipient(scalar));
  }

  /**
   * The identity as the age program reads it, {@code AGE-SECRET-KEY-1…}, in ASCII. As secret as K
   * for these backups; the caller destroys it.
   */
  public SecretBytes identity() {
    return AgeText.identity(scalar);
  }

  /** The recipient, {@code age1…}. Not for publication: see the class comment. */
  public String recipient() {
    return recipient;
  }

  /**
   * The key of the MACs that name objects (docs/restore-with-age.md), 32 octets; the caller
   * destroys it.
   */
  public SecretBytes nameKey() {
    return SecretBytes.wrap(nameKey.copy());
  }

  /** Erases the keys. May be called again. */
  public void destroy() {
    scalar.destroy();
    nameKey.destroy();
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  @Override
  public String toString() {
    return "BackupKey[redacted]";
  }
}
