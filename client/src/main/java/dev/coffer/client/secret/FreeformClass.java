package dev.coffer.client.secret;

import java.lang.Character.UnicodeScript;

/** RFC 8264 §4.3: which code points a free-form string may hold. Pure functions. */
final class FreeformClass {
  private FreeformClass() {}

  /**
   * Whether the code point that starts at {@code at} may stand where it stands. §8 gives the order.
   *
   * @param unknown whether it may be one that this platform's Unicode does not assign yet
   */
  static boolean allows(char[] text, int at, boolean unknown) {
    int c = Character.codePointAt(text, at);
    if (isContextual(c)) {
      return fitsContext(text, at, c);
    }
    if (isDisallowedException(c) || isOldHangulJamo(c) || isIgnorable(c)) {
      return false;
    }
    return switch (Character.getType(c)) {
      // Tomorrow's Unicode may normalise it otherwise; a code with it would be lost.
      case Character.UNASSIGNED -> unknown && !isNoncharacter(c);
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** RFC 8264 §9.14 refers to these: never assigned. */
  private static boolean isNoncharacter(int c) {
    return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
  }

  /** RFC 5892 §2.6, the exceptions that are disallowed. */
  private static boolean isDisallowedException(int c) {
    return c == 0x0640
        || c == 0x07fa
        || c == 0x302e
        || c == 0x302f
        || (c >= 0x3031 && c <= 0x3035)
        || c == 0x303b;
  }

  /** RFC 8264 §9.9: conjoining jamo that NFC has not composed. */
  private static boolean isOldHangulJamo(int c) {
    return (c >= 0x1100 && c <= 0x11ff)
        || (c >= 0xa960 && c <= 0xa97c)
        || (c >= 0xd7b0 && c <= 0xd7fb);
  }

  /**
   * Default_Ignorable_Code_Point where the general category does not tell already (RFC 8264 §9.13).
   */
  private static boolean isIgnorable(int c) {
    return c == 0x034f
        || (c >= 0x17b4 && c <= 0x17b5)
        || (c >= 0x180b && c <= 0x180f)
        || c == 0x3164
        || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xffa0
        || (c >= 0xe0000 && c <= 0xe0fff);
  }

  /** RFC 5892 §2.6, the exceptions that depend on their neighbours. */
  private static boolean isContextual(int c) {
    return c == 0x00b7
        || c == 0x0375
        || c == 0x05f3
        || c == 0x05f4
        || c == 0x30fb
        || isArabicIndic(c)
        || isExtendedArabicIndic(c);
  }

  private static boolean isArabicIndic(int c) {
    return c >= 0x0660 && c <= 0x0669;
  }

  private static boolean isExtendedArabicIndic(int c) {
    return c >= 0x06f0 && c <= 0x06f9;
  }

  /** RFC 5892, appendix A.3 to A.9. */
  private static boolean fitsContext(char[] text, int at, int c) {
    int before = at > 0 ? Character.codePointBefore(text, at) : -1;
    int next = at + Character.charCount(c);
    int after = next < text.length ? Character.codePointAt(text, next) : -1;
    return switch (c) {
      case 0x00b7 -> before == 'l' && after == 'l';
      case 0x0375 -> after >= 0 && UnicodeScript.of(after) == UnicodeScript.GREEK;
      case 0x05f3, 0x05f4 -> before >= 0 && UnicodeScript.of(before) == UnicodeScript.HEBREW;
      case 0x30fb -> hasJapanese(text);
      default -> !hasDigitsOfTheOther(text, isArabicIndic(c));
    };
  }

  private static boolean hasJapanese(char[] text) {
    for (int i = 0; i < text.length; i += Character.charCount(Character.codePointAt(text, i))) {
      UnicodeScript script = UnicodeScript.of(Character.codePointAt(text, i));
      if (script == UnicodeScript.HIRAGANA
          || script == UnicodeScript.KATAKANA
          || script == UnicodeScript.HAN) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasDigitsOfTheOther(char[] text, boolean arabicIndic) {
    for (char c : text) {
      if (arabicIndic ? isExtendedArabicIndic(c) : isArabicIndic(c)) {
        return true;
      }
    }
    return false;
  }
}
