package dev.coffer.client.secret;

import java.nio.CharBuffer;
import java.text.Normalizer;
import java.util.Arrays;

/**
 * What was typed in the one form in which every device types it (PROTOCOL.md §7.1): spaces of any
 * script become U+0020 and go at both ends; decimal digits of any script, with spaces between them
 * or without, become ASCII digits alone; typographic quotes, dashes and dots, which keyboards put
 * in of themselves, become what was typed for them; then NFC, and every code point must be of RFC
 * 8264's FreeformClass. Beyond these it is RFC 8265 §4.2, OpaqueString. Pure functions.
 *
 * <p>Narrower than the RFC: the zero-width joiners U+200C and U+200D are refused everywhere instead
 * of being judged by context, since keyboards differ in whether they send them; and so is U+FFFD,
 * which stands for octets that were not understood.
 */
final class OpaqueString {
  private static final char REPLACEMENT = '\ufffd';

  private OpaqueString() {}

  /**
   * The enforced form in a fresh array, which the caller wipes. May hold code points that this
   * platform does not know: another one did.
   */
  static char[] enforce(char[] typed) throws UnacceptableCode {
    checkDecoded(typed);
    char[] spaced = asciiSpaces(typed);
    char[] trimmed = trimmed(spaced);
    Arrays.fill(spaced, '\0');
    char[] digits = asciiDigits(trimmed, true);
    if (digits.length > 0) {
      Arrays.fill(trimmed, '\0');
      return digits;
    }
    char[] plain = plainPunctuation(trimmed);
    Arrays.fill(trimmed, '\0');
    char[] mapped = composed(plain);
    checkClass(mapped, true);
    return mapped;
  }

  /** The form that earlier versions registered: nothing but the RFC's, and digits of a script. */
  static char[] enforceEarlier(char[] typed) throws UnacceptableCode {
    char[] mapped = asciiDigits(typed, false);
    if (mapped.length == 0) {
      mapped = composed(asciiSpaces(typed));
      checkClass(mapped, false);
    }
    return mapped;
  }

  private static void checkDecoded(char[] typed) throws UnacceptableCode {
    for (char c : typed) {
      if (c == REPLACEMENT) {
        throw new UnacceptableCode(UnacceptableCode.Problem.NOT_DECODED);
      }
    }
  }

  private static char[] trimmed(char[] spaced) {
    int from = 0;
    int to = spaced.length;
    while (from < to && spaced[from] == ' ') {
      from++;
    }
    while (to > from && spaced[to - 1] == ' ') {
      to--;
    }
    return Arrays.copyOfRange(spaced, from, to);
  }

  /**
   * ASCII digits if {@code typed} is decimal digits of any script and nothing else, else empty.
   *
   * @param grouped whether U+0020 may stand between digits; it is left out
   */
  private static char[] asciiDigits(char[] typed, boolean grouped) {
    char[] digits = new char[Character.codePointCount(typed, 0, typed.length)];
    int count = 0;
    for (int i = 0; i < typed.length; i += Character.charCount(Character.codePointAt(typed, i))) {
      int codePoint = Character.codePointAt(typed, i);
      if (grouped && codePoint == ' ') {
        continue;
      }
      if (Character.getType(codePoint) != Character.DECIMAL_DIGIT_NUMBER) {
        Arrays.fill(digits, '\0');
        return new char[0];
      }
      digits[count++] = (char) ('0' + Character.digit(codePoint, 10));
    }
    char[] exact = Arrays.copyOf(digits, count);
    Arrays.fill(digits, '\0');
    return exact;
  }

  /**
   * What keyboards and word processors make of the keys for quotes, hyphen and full stop, turned
   * back: a phone that does so and a keyboard that does not then type the same code.
   */
  private static char[] plainPunctuation(char[] text) {
    char[] plain = new char[3 * text.length];
    int size = 0;
    for (char c : text) {
      String ascii = plain(c);
      if (ascii.isEmpty()) {
        plain[size++] = c;
      } else {
        ascii.getChars(0, ascii.length(), plain, size);
        size += ascii.length();
      }
    }
    char[] exact = Arrays.copyOf(plain, size);
    Arrays.fill(plain, '\0');
    return exact;
  }

  /** The keys that a typographic character is typed with, or empty for any other character. */
  private static String plain(char c) {
    return switch (c) {
      case '\u2018', '\u2019', '\u201a', '\u201b', '\u2032', '\u2039', '\u203a' -> "'";
      case '\u201c', '\u201d', '\u201e', '\u201f', '\u2033', '\u00ab', '\u00bb' -> "\"";
      case '\u2010', '\u2011', '\u2012', '\u2013', '\u2212' -> "-";
      case '\u2014', '\u2015' -> "--";
      case '\u2026' -> "...";
      default -> "";
    };
  }

  private static char[] asciiSpaces(char[] typed) {
    char[] mapped = typed.clone();
    for (int i = 0; i < mapped.length; i++) {
      if (Character.getType(mapped[i]) == Character.SPACE_SEPARATOR) {
        mapped[i] = ' ';
      }
    }
    return mapped;
  }

  /** NFC. ASCII is in it already, so the usual code never becomes a String that cannot be wiped. */
  private static char[] composed(char[] text) {
    boolean ascii = true;
    for (char c : text) {
      ascii &= c < 0x80;
    }
    if (ascii) {
      return text;
    }
    char[] composed =
        Normalizer.normalize(CharBuffer.wrap(text), Normalizer.Form.NFC).toCharArray();
    Arrays.fill(text, '\0');
    return composed;
  }

  private static void checkClass(char[] text, boolean unknown) throws UnacceptableCode {
    for (int i = 0; i < text.length; i += Character.charCount(Character.codePointAt(text, i))) {
      if (!FreeformClass.allows(text, i, unknown)) {
        Arrays.fill(text, '\0');
        throw new UnacceptableCode(UnacceptableCode.Problem.FORBIDDEN_CHARACTER);
      }
    }
  }
}
