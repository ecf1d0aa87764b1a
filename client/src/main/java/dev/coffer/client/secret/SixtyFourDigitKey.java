package dev.coffer.client.secret;

import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Arrays;

/**
 * K for paper: 64 hexadecimal digits in eight groups of eight, and below them a check of two digits
 * a group. Never touches the vault. Pure functions.
 *
 * <p>What was shown is read back as it was shown, whatever it went through: words in front of a
 * colon, JSON, spaces and dashes of any kind, line ends, capitals, O for 0, and I or l for 1.
 */
public final class SixtyFourDigitKey {
  private static final PaperDigits PAPER = new PaperDigits("The key", BackupSecret.SIZE / 4, 0);

  /** Characters of the longest text that is looked at. */
  public static final int TYPED_MAX = 4096;

  /** Digits of a key without its check. */
  public static final int DIGITS = PAPER.digits();

  /** Digits of a key with its check. */
  public static final int DIGITS_IN_ALL = PAPER.digitsInAll();

  private SixtyFourDigitKey() {}

  /** The digits, groups separated by a space: 71 characters that the caller wipes. */
  public static char[] render(BackupSecret secret) {
    byte[] octets = octets(secret);
    char[] text = PAPER.render(octets);
    Arrays.fill(octets, (byte) 0);
    return text;
  }

  /**
   * The check: eight pairs of digits separated by spaces, 23 characters. As secret as the digits:
   * alone it narrows K from 256 to 192 bits.
   */
  public static String check(BackupSecret secret) {
    byte[] octets = octets(secret);
    String text = PAPER.check(octets);
    Arrays.fill(octets, (byte) 0);
    return text;
  }

  private static byte[] octets(BackupSecret secret) {
    try (SecretBytes copy = secret.copy()) {
      return copy.copy();
    }
  }

  /** How many digits {@code typed} has, as far as it can be read. */
  public static int digits(char[] typed) {
    return PaperDigits.count(typed);
  }

  /** Reads the digits and the check behind them. */
  public static BackupSecret parse(char[] typed) throws UnreadableKey {
    return BackupSecret.of(SecretBytes.wrap(PAPER.parse(typed, true)));
  }

  /**
   * The same where no check was kept, and a mistyped digit makes another key; a check that is there
   * has to match all the same.
   */
  public static BackupSecret parseUnchecked(char[] typed) throws UnreadableKey {
    return BackupSecret.of(SecretBytes.wrap(PAPER.parse(typed, false)));
  }
}
