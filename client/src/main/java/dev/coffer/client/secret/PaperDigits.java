package dev.coffer.client.secret;

import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Octets for paper: hexadecimal digits in groups of eight, and below them a check of two digits a
 * group, which finds the group that was mistyped (all but one mistake in 256). What was shown is
 * read back as it was shown, whatever it went through: words in front of a colon, JSON, spaces and
 * dashes of any kind, line ends, capitals, O for 0, and I or l for 1. Stateless and thread-safe.
 */
final class PaperDigits {
  private static final int OCTETS_A_GROUP = 4;
  private static final int DIGITS_A_GROUP = 2 * OCTETS_A_GROUP;

  private final String what;
  private final int groups;
  private final int firstPlace;

  /**
   * @param what what they are, as the beginning of a sentence
   * @param groups how many groups of four octets
   * @param firstPlace the number that the first group's check is bound to: groups in the wrong
   *     order, and of another kind of paper, are found too
   */
  PaperDigits(String what, int groups, int firstPlace) {
    this.what = what;
    this.groups = groups;
    this.firstPlace = firstPlace;
  }

  int digits() {
    return groups * DIGITS_A_GROUP;
  }

  int digitsInAll() {
    return digits() + 2 * groups;
  }

  /** The digits, groups separated by a space; the caller wipes them. */
  char[] render(byte[] octets) {
    char[] text = new char[digits() + groups - 1];
    Arrays.fill(text, ' ');
    for (int i = 0; i < octets.length; i++) {
      int at = 2 * i + i / OCTETS_A_GROUP;
      text[at] = Character.forDigit((octets[i] >> 4) & 0xf, 16);
      text[at + 1] = Character.forDigit(octets[i] & 0xf, 16);
    }
    return text;
  }

  /** Pairs of digits separated by spaces. */
  String check(byte[] octets) {
    StringBuilder text = new StringBuilder();
    for (int group = 0; group < groups; group++) {
      int value = checkOf(octets, group);
      text.append(group == 0 ? "" : " ");
      text.append(Character.forDigit(value >> 4, 16)).append(Character.forDigit(value & 0xf, 16));
    }
    return text.toString();
  }

  private int checkOf(byte[] octets, int group) {
    byte[] part = Arrays.copyOfRange(octets, group * OCTETS_A_GROUP, (group + 1) * OCTETS_A_GROUP);
    CanonicalWriter tuple = Label.KEY_CHECKSUM.tuple().field(firstPlace + group).field(part);
    int value = Hashes.sha256(tuple).at(0);
    tuple.wipe();
    Arrays.fill(part, (byte) 0);
    return value;
  }

  /** How many digits {@code typed} has, as far as it can be read. */
  static int count(char[] typed) {
    int count = 0;
    char[] text = unlabelled(typed);
    for (char c : text) {
      count += digit(c) >= 0 ? 1 : 0;
    }
    Arrays.fill(text, '\0');
    return count;
  }

  /**
   * The octets, which the caller wipes.
   *
   * @param checked whether the check must be there; one that is there has to match in any case
   */
  byte[] parse(char[] typed, boolean checked) throws UnreadableKey {
    if (typed.length > SixtyFourDigitKey.TYPED_MAX) {
      throw new UnreadableKey(
          what + " and its check have " + digitsInAll() + " digits; far more was typed.",
          List.of());
    }
    byte[] octets = new byte[digitsInAll() / 2];
    char[] text = unlabelled(typed);
    try {
      int count = read(text, octets);
      if (count == digits() && checked) {
        throw new UnreadableKey(
            "The check is missing: pairs of digits, shown below the others.", List.of());
      }
      if (count != digits() && count != digitsInAll()) {
        throw wrongCount(text, count);
      }
      if (count == digitsInAll()) {
        compare(octets);
      }
      return Arrays.copyOf(octets, groups * OCTETS_A_GROUP);
    } finally {
      Arrays.fill(octets, (byte) 0);
      Arrays.fill(text, '\0');
    }
  }

  private void compare(byte[] octets) throws UnreadableKey {
    List<Integer> wrong = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      if (checkOf(octets, group) != (octets[groups * OCTETS_A_GROUP + group] & 0xff)) {
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
   * Whether a character may stand between digits: spaces and dashes of any kind, a mark of JSON, a
   * block of a picture.
   */
  private static boolean separates(char c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.DASH_PUNCTUATION
        || Character.getType(c) == Character.FORMAT
        || c == '"'
        || c == '{'
        || c == '}'
        || c == ','
        || (c >= '\u2580' && c <= '\u259f');
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
  private int read(char[] text, byte[] target) throws UnreadableKey {
    int count = 0;
    for (char c : text) {
      if (separates(c)) {
        continue;
      }
      int digit = digit(c);
      if (digit < 0) {
        int group = groupOf(count);
        throw new UnreadableKey(
            what + " is made of 0–9 and a–f: " + place(group) + " has another character.",
            List.of(group));
      }
      if (count < digitsInAll()) {
        target[count / 2] = (byte) (target[count / 2] << 4 | digit);
      }
      count++;
    }
    return count;
  }

  /** The group, counted from 1, that the digit behind {@code count} others belongs to. */
  private int groupOf(int count) {
    return count < digits()
        ? count / DIGITS_A_GROUP + 1
        : Math.min((count - digits()) / 2, groups - 1) + 1 + groups;
  }

  private String place(int group) {
    return group <= groups ? "group " + group : "pair " + (group - groups) + " of the check";
  }

  private UnreadableKey wrongCount(char[] text, int count) {
    int group = firstOddGroup(text);
    return new UnreadableKey(
        what
            + " has "
            + digits()
            + " digits in groups of "
            + DIGITS_A_GROUP
            + ", and "
            + 2 * groups
            + " of the check; "
            + count
            + " were typed."
            + (group > 0 ? " Look at " + place(group) + "." : ""),
        group > 0 ? List.of(group) : List.of());
  }

  /** The first group of another length; the last one if all have the right length. */
  private int firstOddGroup(char[] text) {
    int group = 1;
    int length = 0;
    for (int i = 0; i <= text.length; i++) {
      if (i < text.length && !separates(text[i])) {
        length++;
      } else if (length > 0) {
        if (length != (group <= groups ? DIGITS_A_GROUP : 2)) {
          return group;
        }
        group++;
        length = 0;
      }
    }
    return Math.min(group, 2 * groups);
  }
}
