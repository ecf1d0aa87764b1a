package dev.coffer.transparency.text;

import dev.coffer.protocol.codec.Bytes;

/** Lower-case hexadecimal of a known length. */
public final class LowerHex {
  private LowerHex() {}

  /** Reads exactly {@code size} octets written as 2·{@code size} lower-case digits. */
  public static Bytes parse(String text, int size, String what) throws Refused {
    if (text.length() != 2 * size) {
      throw new Refused(RefusalCode.MALFORMED, what);
    }
    byte[] octets = new byte[size];
    for (int i = 0; i < size; i++) {
      octets[i] =
          (byte) (digit(text.charAt(2 * i), what) << 4 | digit(text.charAt(2 * i + 1), what));
    }
    return Bytes.wrap(octets);
  }

  private static int digit(char c, String what) throws Refused {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
    }
    throw new Refused(
        c >= 'A' && c <= 'F' ? RefusalCode.NOT_CANONICAL : RefusalCode.MALFORMED, what);
  }
}
