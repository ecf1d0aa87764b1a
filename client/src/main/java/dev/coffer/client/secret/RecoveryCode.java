package dev.coffer.client.secret;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the user remembers, in the one form in which every device types it: RFC 8265 OpaqueString,
 * and a code of decimal digits of any script in ASCII digits. A passkey's code is 32 random octets
 * in hexadecimal and skips this.
 *
 * <p><b>Security guarantees:</b> redacted text, no {@code equals}, erased by {@link #destroy}.
 * <b>Not guaranteed:</b> a code beyond ASCII passes through the platform's normaliser, which leaves
 * a copy to the garbage collector. Thread-safe; {@code destroy} must not race with use.
 */
public final class RecoveryCode implements AutoCloseable {
  /** Fewest code points of a typed code. */
  public static final int LENGTH_MIN = 6;

  /** Most code points of a typed code. */
  public static final int LENGTH_MAX = 128;

  private static final int PASSKEY_SIZE = 32;

  private final SecretBytes normalised;

  private RecoveryCode(SecretBytes normalised) {
    this.normalised = normalised;
  }

  /** Normalises what was typed; the caller wipes {@code typed} afterwards. */
  public static RecoveryCode typed(char[] typed) throws UnacceptableCode {
    if (typed.length == 0) {
      throw new UnacceptableCode(UnacceptableCode.Problem.EMPTY);
    }
    // Composing shortens and never lengthens by more than three times; this bounds the work before
    // it is done.
    if (typed.length > 4 * LENGTH_MAX) {
      throw new UnacceptableCode(UnacceptableCode.Problem.TOO_LONG);
    }
    char[] enforced = OpaqueString.enforce(typed);
    try {
      int length = Character.codePointCount(enforced, 0, enforced.length);
      if (length < LENGTH_MIN) {
        throw new UnacceptableCode(UnacceptableCode.Problem.TOO_SHORT);
      }
      if (length > LENGTH_MAX) {
        throw new UnacceptableCode(UnacceptableCode.Problem.TOO_LONG);
      }
      ByteBuffer utf8 = StandardCharsets.UTF_8.encode(CharBuffer.wrap(enforced));
      byte[] octets = Arrays.copyOf(utf8.array(), utf8.limit());
      Arrays.fill(utf8.array(), (byte) 0);
      return new RecoveryCode(SecretBytes.wrap(octets));
    } finally {
      Arrays.fill(enforced, '\0');
    }
  }

  /**
   * The code that a passkey unwraps: {@value #PASSKEY_SIZE} octets, which the caller still
   * destroys.
   */
  public static RecoveryCode ofPasskey(SecretBytes random) {
    Invariant.check(random.size() == PASSKEY_SIZE, "a passkey's code has 32 octets");
    byte[] octets = random.copy();
    byte[] hex = new byte[2 * octets.length];
    for (int i = 0; i < octets.length; i++) {
      hex[2 * i] = (byte) Character.forDigit((octets[i] >> 4) & 0xf, 16);
      hex[2 * i + 1] = (byte) Character.forDigit(octets[i] & 0xf, 16);
    }
    Arrays.fill(octets, (byte) 0);
    return new RecoveryCode(SecretBytes.wrap(hex));
  }

  /** The octets that enter the OPRF: a copy that the caller destroys. */
  public SecretBytes normalised() {
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
