package dev.coffer.client.secret;

/**
 * K for paper: 64 hexadecimal digits in eight groups of eight, and apart from them a check of two
 * digits a group, which finds the group that was mistyped. Never touches the vault.
 */
public final class SixtyFourDigitKey {
  private SixtyFourDigitKey() {}

  /** The digits, groups separated by a space: 71 characters that the caller wipes. */
  public static char[] render(BackupSecret secret) {
    throw new UnsupportedOperationException();
  }

  /**
   * The check: eight pairs of digits, separated by a space, 23 characters. Reveals 64 of K's 256
   * bits.
   */
  public static String check(BackupSecret secret) {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads digits in either case, with any spaces, line ends and hyphens.
   *
   * @param check as {@link #check} showed it, or empty to do without
   */
  public static BackupSecret parse(char[] digits, String check) throws UnreadableKey {
    throw new UnsupportedOperationException();
  }
}
