package dev.coffer.transparency.note;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;

/**
 * The name of a key: a URL without its scheme, as a rule. Not empty, at most 255 characters, no
 * Unicode space, no plus, no control character. Immutable.
 */
public record KeyName(String value) implements Comparable<KeyName> {
  private static final int LENGTH_MAX = 255;

  public KeyName {
    Invariant.check(valid(value), "a key name without spaces and plus");
  }

  /** Reads a name. */
  public static KeyName parse(String text) throws Refused {
    Utf8.check(text, "key name");
    if (!valid(text)) {
      throw new Refused(RefusalCode.MALFORMED, "key name");
    }
    return new KeyName(text);
  }

  private static boolean valid(String text) {
    return !text.isEmpty()
        && text.length() <= LENGTH_MAX
        && text.codePoints().noneMatch(KeyName::forbidden);
  }

  /** Unicode's White_Space, which Java spreads over two methods and forgets U+0085. */
  private static boolean forbidden(int c) {
    return c == '+'
        || c < 0x20
        || c == 0x85
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c);
  }

  @Override
  public int compareTo(KeyName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
