package dev.coffer.client.secret;

import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * K for paper: 64 hexadecimal digits in eight groups of eight, and apart from them a check of two
 * digits a group, which finds the group that was mistyped (all but one mistake in 256). Never
 * touches the vault. Pure functions.
 */
public final class SixtyFourDigitKey {
  private static final int GROUPS = 8;
  private static final int OCTETS_A_GROUP = BackupSecret.SIZE / GROUPS;
  private static final int DIGITS_A_GROUP = 2 * OCTETS_A_GROUP;
  private static final int DIGITS = GROUPS * DIGITS_A_GROUP;
  private static final int TYPED_MAX = 512;

  private SixtyFourDigitKey() {}

  /** The digits, groups separated by a space: 71 characters that the caller wipes. */
  public static char[] render(BackupSecret secret) {
    char[] text = new char[DIGITS + GROUPS - 1];
    Arrays.fill(text, ' ');
    try (SecretBytes copy = secret.copy()) {
      byte[] octets = copy.copy();
      for (int i = 0; i < octets.length; i++) {
        int at = 2 * i + i / OCTETS_A_GROUP;
        text[at] = Character.forDigit((octets[i] >> 4) & 0xf, 16);
        text[at + 1] = Character.forDigit(octets[i] & 0xf, 16);
      }
      Arrays.fill(octets, (byte) 0);
    }
    return text;
  }

  /**
   * The check: eight pairs of digits separated by spaces, 23 characters. To be shown apart: alone
   * it narrows K from 256 to 192 bits.
   */
  public static String check(BackupSecret secret) {
    StringBuilder text = new StringBuilder();
    try (SecretBytes copy = secret.copy()) {
      byte[] octets = copy.copy();
      for (int group = 0; group < GROUPS; group++) {
        int value = checkOf(octets, group);
        text.append(group == 0 ? "" : " ");
        text.append(Character.forDigit(value >> 4, 16)).append(Character.forDigit(value & 0xf, 16));
      }
      Arrays.fill(octets, (byte) 0);
    }
    return text.toString();
  }

  /** Bound to the group's place, so that groups in the wrong order are found too. */
  private static int checkOf(byte[] octets, int group) {
    byte[] part = Arrays.copyOfRange(octets, group * OCTETS_A_GROUP, (group + 1) * OCTETS_A_GROUP);
    CanonicalWriter tuple = Label.KEY_CHECKSUM.tuple().field(group).field(part);
    int value = Hashes.sha256(tuple).at(0);
    tuple.wipe();
    Arrays.fill(part, (byte) 0);
    return value;
  }

  /**
   * Reads digits in either case, with any spaces, line ends and hyphens between them.
   *
   * @param check as {@link #check} showed it, or empty to do without
   */
  public static BackupSecret parse(char[] digits, String check) throws UnreadableKey {
    byte[] octets = new byte[BackupSecret.SIZE];
    try {
      read(digits, octets, "The key");
      if (!check.isBlank()) {
        compare(octets, check);
      }
      return BackupSecret.of(SecretBytes.copyOf(octets));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  private static void compare(byte[] octets, String check) throws UnreadableKey {
    byte[] expected = new byte[GROUPS];
    read(check.toCharArray(), expected, "The check");
    List<Integer> wrong = new ArrayList<>();
    for (int group = 0; group < GROUPS; group++) {
      if (checkOf(octets, group) != (expected[group] & 0xff)) {
        wrong.add(group + 1);
      }
    }
    if (wrong.size() == 1) {
      throw new UnreadableKey(
          "Group " + wrong.get(0) + " does not match its check: compare it with the paper.", wrong);
    }
    if (!wrong.isEmpty()) {
      throw new UnreadableKey(
          "Groups "
              + wrong
              + " do not match their checks: compare them with the paper, and their order.",
          wrong);
    }
  }

  /** Fills {@code target} from exactly twice as many digits. */
  private static void read(char[] typed, byte[] target, String what) throws UnreadableKey {
    int needed = 2 * target.length;
    if (typed.length > TYPED_MAX) {
      throw new UnreadableKey(what + " has " + needed + " digits; far more was typed.", List.of());
    }
    int digitsAGroup = needed / GROUPS;
    int count = 0;
    for (char c : typed) {
      if (Character.isWhitespace(c) || c == '-') {
        continue;
      }
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        int group = Math.min(count / digitsAGroup, GROUPS - 1) + 1;
        throw new UnreadableKey(
            what + " is made of 0–9 and a–f: group " + group + " has another character.",
            List.of(group));
      }
      if (count < needed) {
        target[count / 2] = (byte) (target[count / 2] << 4 | digit);
      }
      count++;
    }
    if (count != needed) {
      int group = firstOddGroup(typed, digitsAGroup);
      throw new UnreadableKey(
          what
              + " has "
              + needed
              + " digits in groups of "
              + digitsAGroup
              + "; "
              + count
              + " were typed."
              + (group > 0 ? " Look at group " + group + "." : ""),
          group > 0 ? List.of(group) : List.of());
    }
  }

  /** The first group of another length; the last one if all have the right length. */
  private static int firstOddGroup(char[] typed, int digitsAGroup) {
    int group = 1;
    int length = 0;
    for (int i = 0; i <= typed.length; i++) {
      boolean border = i == typed.length || Character.isWhitespace(typed[i]) || typed[i] == '-';
      if (!border) {
        length++;
      } else if (length > 0) {
        if (length != digitsAGroup) {
          return group;
        }
        group++;
        length = 0;
      }
    }
    return Math.min(group, GROUPS);
  }
}
