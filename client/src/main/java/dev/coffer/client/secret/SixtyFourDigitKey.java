package dev.coffer.client.secret;

import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * K for paper: 64 hexadecimal digits in eight groups of eight, and below them a check of two digits
 * a group, which finds the group that was mistyped (all but one mistake in 256). Never touches the
 * vault. Pure functions.
 *
 * <p>What was shown is read back as it was shown, whatever it went through: words in front of a
 * colon, JSON, spaces and dashes of any kind, line ends, capitals, O for 0, and I or l for 1.
 */
public final class SixtyFourDigitKey {
  private static final int GROUPS = 8;
  private static final int OCTETS_A_GROUP = BackupSecret.SIZE / GROUPS;
  private static final int DIGITS_A_GROUP = 2 * OCTETS_A_GROUP;

  /** Digits of a key without its check. */
  public static final int DIGITS = GROUPS * DIGITS_A_GROUP;

  private static final int CHECK_DIGITS = 2 * GROUPS;

  /** Characters of the longest text that is looked at. */
  public static final int TYPED_MAX = 1024;

  /** Digits of a key with its check. */
  public static final int DIGITS_IN_ALL = DIGITS + CHECK_DIGITS;

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
   * The check: eight pairs of digits separated by spaces, 23 characters. As secret as the digits:
   * alone it narrows K from 256 to 192 bits.
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

  /** How many digits {@code typed} has, as far as it can be read. */
  public static int digits(char[] typed) {
    int count = 0;
    for (char c : unlabelled(typed)) {
      count += digit(c) >= 0 ? 1 : 0;
    }
    return count;
  }

  /** Reads the digits and the check behind them. */
  public static BackupSecret parse(char[] typed) throws UnreadableKey {
    return parse(typed, true);
  }

  /**
   * The same where no check was kept, and a mistyped digit makes another key; a check that is there
   * has to match all the same.
   */
  public static BackupSecret parseUnchecked(char[] typed) throws UnreadableKey {
    return parse(typed, false);
  }

  private static BackupSecret parse(char[] typed, boolean checked) throws UnreadableKey {
    if (typed.length > TYPED_MAX) {
      throw new UnreadableKey(
          "The key and its check have " + DIGITS_IN_ALL + " digits; far more was typed.",
          List.of());
    }
    byte[] octets = new byte[DIGITS_IN_ALL / 2];
    char[] text = unlabelled(typed);
    try {
      int count = read(text, octets);
      if (count == DIGITS && checked) {
        throw new UnreadableKey(
            "The check is missing: eight pairs of digits, shown below the key.", List.of());
      }
      if (count != DIGITS && count != DIGITS_IN_ALL) {
        throw wrongCount(text, count);
      }
      if (count == DIGITS_IN_ALL) {
        compare(octets);
      }
      return BackupSecret.of(SecretBytes.wrap(Arrays.copyOf(octets, BackupSecret.SIZE)));
    } finally {
      Arrays.fill(octets, (byte) 0);
      Arrays.fill(text, '\0');
    }
  }

  private static void compare(byte[] octets) throws UnreadableKey {
    List<Integer> wrong = new ArrayList<>();
    for (int group = 0; group < GROUPS; group++) {
      if (checkOf(octets, group) != (octets[BackupSecret.SIZE + group] & 0xff)) {
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

  /**
   * A copy with spaces in the place of labels: of the words on a line in front of a colon, or, if
   * those are quoted, of what is quoted.
   */
  private static char[] unlabelled(char[] typed) {
    char[] text = typed.clone();
    for (int i = 0; i < text.length; i++) {
      if (text[i] == ':') {
        boolean quoted = i > 0 && text[i - 1] == '"';
        int from = quoted ? i - 2 : i - 1;
        while (from >= 0 && text[from] != '\n' && !(quoted && text[from] == '"')) {
          from--;
        }
        Arrays.fill(text, Math.max(from, 0), i + 1, ' ');
      }
    }
    return text;
  }

  /**
   * Whether a character may stand between digits: spaces and dashes of any kind, a mark of JSON.
   */
  private static boolean separates(char c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.DASH_PUNCTUATION
        || Character.getType(c) == Character.FORMAT
        || c == '"'
        || c == '{'
        || c == '}'
        || c == ',';
  }

  /** The value of a digit, or −1. On paper and in some typefaces O is 0, and I and l are 1. */
  private static int digit(char c) {
    return switch (c) {
      case 'o', 'O' -> 0;
      case 'i', 'I', 'l', 'L', '|' -> 1;
      default -> Character.digit(c, 16);
    };
  }

  /** Fills {@code target} from the digits; how many there are. */
  private static int read(char[] text, byte[] target) throws UnreadableKey {
    int count = 0;
    for (char c : text) {
      if (separates(c)) {
        continue;
      }
      int digit = digit(c);
      if (digit < 0) {
        int group = groupOf(count);
        throw new UnreadableKey(
            "The key is made of 0–9 and a–f: " + place(group) + " has another character.",
            List.of(group));
      }
      if (count < DIGITS_IN_ALL) {
        target[count / 2] = (byte) (target[count / 2] << 4 | digit);
      }
      count++;
    }
    return count;
  }

  /** The group, counted from 1, that the digit behind {@code count} others belongs to. */
  private static int groupOf(int count) {
    return count < DIGITS
        ? count / DIGITS_A_GROUP + 1
        : Math.min((count - DIGITS) / 2, GROUPS - 1) + 1 + GROUPS;
  }

  private static String place(int group) {
    return group <= GROUPS ? "group " + group : "pair " + (group - GROUPS) + " of the check";
  }

  private static UnreadableKey wrongCount(char[] text, int count) {
    int group = firstOddGroup(text);
    return new UnreadableKey(
        "The key has "
            + DIGITS
            + " digits in groups of "
            + DIGITS_A_GROUP
            + ", and "
            + CHECK_DIGITS
            + " of the check; "
            + count
            + " were typed."
            + (group > 0 ? " Look at " + place(group) + "." : ""),
        group > 0 ? List.of(group) : List.of());
  }

  /** The first group of another length; the last one if all have the right length. */
  private static int firstOddGroup(char[] text) {
    int group = 1;
    int length = 0;
    for (int i = 0; i <= text.length; i++) {
      if (i < text.length && !separates(text[i])) {
        length++;
      } else if (length > 0) {
        if (length != (group <= GROUPS ? DIGITS_A_GROUP : 2)) {
          return group;
        }
        group++;
        length = 0;
      }
    }
    return Math.min(group, 2 * GROUPS);
  }
}
