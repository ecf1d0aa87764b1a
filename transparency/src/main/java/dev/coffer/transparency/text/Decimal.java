package dev.coffer.transparency.text;

/** Whole numbers in ASCII decimal: no sign, no leading zero, at most 2⁶³−1. */
public final class Decimal {
  private static final int DIGITS_MAX = 19;

  private Decimal() {}

  /** Reads 0 to 2⁶³−1. */
  public static long parse(String text, String what) throws Refused {
    if (text.isEmpty() || text.length() > DIGITS_MAX) {
      throw new Refused(RefusalCode.MALFORMED, what);
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new Refused(RefusalCode.MALFORMED, what);
      }
      if (value > (Long.MAX_VALUE - digit) / 10) {
        throw new Refused(RefusalCode.TOO_LARGE, what);
      }
      value = value * 10 + digit;
    }
    if (text.length() > 1 && text.charAt(0) == '0') {
      throw new Refused(RefusalCode.NOT_CANONICAL, what);
    }
    return value;
  }

  /** Reads a number in {@code [min, max]}. */
  public static long parse(String text, long min, long max, String what) throws Refused {
    long value = parse(text, what);
    if (value < min || value > max) {
      throw new Refused(RefusalCode.MALFORMED, what);
    }
    return value;
  }
}
