package dev.coffer.client.secret;

import java.nio.CharBuffer;
import java.text.Normalizer;
import java.util.Arrays;

/**
 * RFC 8265 §4.2, OpaqueString: spaces of any script become U+0020, then NFC, then every code point
 * must be of RFC 8264's FreeformClass. One rule in front is ours: a string of decimal digits of any
 * script becomes ASCII digits, so that a PIN typed on an Arabic or Devanagari keyboard is the same
 * PIN. Pure functions.
 *
 * <p>Narrower than the RFC: the zero-width joiners U+200C and U+200D are refused everywhere instead
 * of being judged by context, since keyboards differ in whether they send them.
 */
final class OpaqueString {
  private OpaqueString() {}

  /** The enforced form in a fresh array, which the caller wipes. */
  static char[] enforce(char[] typed) throws UnacceptableCode {
    char[] mapped = asciiDigits(typed);
    if (mapped.length == 0) {
      mapped = composed(asciiSpaces(typed));
      checkClass(mapped);
    }
    return mapped;
  }

  /** ASCII digits if {@code typed} is decimal digits of any script and nothing else, else empty. */
  private static char[] asciiDigits(char[] typed) {
    char[] digits = new char[Character.codePointCount(typed, 0, typed.length)];
    int count = 0;
    for (int i = 0; i < typed.length; i += Character.charCount(Character.codePointAt(typed, i))) {
      int codePoint = Character.codePointAt(typed, i);
      if (Character.getType(codePoint) != Character.DECIMAL_DIGIT_NUMBER) {
        Arrays.fill(digits, '\0');
        return new char[0];
      }
      digits[count++] = (char) ('0' + Character.digit(codePoint, 10));
    }
    return digits;
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

  private static void checkClass(char[] text) throws UnacceptableCode {
    for (int i = 0; i < text.length; i += Character.charCount(Character.codePointAt(text, i))) {
      if (!FreeformClass.allows(text, i)) {
        Arrays.fill(text, '\0');
        throw new UnacceptableCode(UnacceptableCode.Problem.FORBIDDEN_CHARACTER);
      }
    }
  }
}
