package dev.coffer.client.secret;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the user remembers, in the one form in which every device types it (PROTOCOL.md §7.1). A
 * passkey's code is 32 random octets in hexadecimal and skips this.
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

  /** How many octets a passkey unwraps. */
  public static final int PASSKEY_SIZE = 32;

  private final SecretBytes normalised;

  private RecoveryCode(SecretBytes normalised) {
    this.normalised = normalised;
  }

  /**
   * A code that is about to be set, normalised. Made of Unicode 13 alone, which every platform
   * knows. The caller wipes {@code typed} afterwards.
   */
  public static RecoveryCode chosen(char[] typed) throws UnacceptableCode {
    RecoveryCode code = typed(typed);
    if (!Unicode13.holds(typed)) {
      code.destroy();
      throw new UnacceptableCode(UnacceptableCode.Problem.TOO_NEW_CHARACTER);
    }
    return code;
  }

  /**
   * A code that is about to be tried, normalised. May hold what this platform does not know, since
   * the one where it was set did. The caller wipes {@code typed} afterwards.
   */
  public static RecoveryCode typed(char[] typed) throws UnacceptableCode {
    return of(typed, OpaqueString::enforce);
  }

  /**
   * The same code in the form that earlier versions registered, where it differs from {@link
   * #typed}: with spaces at its ends, typographic punctuation, or spaces between digits. Another
   * form is another guess, which the user decides on: never try it unasked.
   */
  public static RecoveryCode typedEarlierForm(char[] typed) throws UnacceptableCode {
    return of(typed, OpaqueString::enforceEarlier);
  }

  /** Whether two codes are one, in constant time for codes of one length. */
  public boolean sameAs(RecoveryCode other) {
    return normalised.sameAs(other.normalised);
  }

  /** One way to bring a text into one form. */
  private interface Form {
    char[] enforce(char[] typed) throws UnacceptableCode;
  }

  private static RecoveryCode of(char[] typed, Form form) throws UnacceptableCode {
    if (typed.length == 0) {
      throw new UnacceptableCode(UnacceptableCode.Problem.EMPTY);
    }
    // Composing shortens and never lengthens by more than three times; this bounds the work before
    // it is done.
    if (typed.length > 4 * LENGTH_MAX) {
      throw new UnacceptableCode(UnacceptableCode.Problem.TOO_LONG);
    }
    char[] enforced = form.enforce(typed);
    try {
      int length = Character.codePointCount(enforced, 0, enforced.length);
      if (length < LENGTH_MIN) {
        throw new UnacceptableCode(
            length == 0 ? UnacceptableCode.Problem.EMPTY : UnacceptableCode.Problem.TOO_SHORT);
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
