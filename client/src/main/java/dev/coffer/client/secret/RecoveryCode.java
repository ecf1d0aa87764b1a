package dev.coffer.client.secret;

import dev.coffer.protocol.crypto.SecretBytes;

/**
 * What the user remembers, in the one form in which every device types it: RFC 8265 OpaqueString,
 * and a code of decimal digits of any script in ASCII digits. A passkey's code is 32 random octets
 * in hexadecimal and skips this.
 */
public final class RecoveryCode implements AutoCloseable {
  /** Fewest code points of a typed code. */
  public static final int LENGTH_MIN = 6;

  /** Most code points of a typed code. */
  public static final int LENGTH_MAX = 128;

  private final SecretBytes normalised;

  private RecoveryCode(SecretBytes normalised) {
    this.normalised = normalised;
  }

  /** Normalises what was typed; the caller wipes {@code typed} afterwards. */
  public static RecoveryCode typed(char[] typed) throws UnacceptableCode {
    throw new UnsupportedOperationException();
  }

  /** The code that a passkey unwraps: 32 octets, which the caller still destroys. */
  public static RecoveryCode ofPasskey(SecretBytes random) {
    throw new UnsupportedOperationException();
  }

  /** The normalised octets; a copy that the caller destroys. */
  SecretBytes normalised() {
    return normalised.slice(0, normalised.size());
  }

  /** Erases the code. May be called again. */
  public void destroy() {
    normalised.destroy();
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  @Override
  public String toString() {
    return "RecoveryCode[redacted]";
  }
}
