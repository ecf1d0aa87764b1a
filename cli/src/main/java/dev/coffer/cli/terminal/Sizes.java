package dev.coffer.cli.terminal;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
public final class Sizes {
  private Sizes() {}

  /** Octets with a decimal unit: {@code 41.3 MB}. */
  public static String bytes(long count) {
    if (count < 1_000) {
      return count + " B";
    }
    String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double value = count;
    int unit = -1;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1_000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /** {@code 1 file}, {@code 62 files}. */
  public static String count(long count, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
  }

  /** {@code 7.2 s}, {@code 3 min 5 s}. */
  public static String time(Duration duration) {
    if (duration.toMinutes() > 0) {
      return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  /**
   * Text from outside with control characters replaced, so that a file name cannot drive the
   * terminal.
   */
  public static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(harmless(c) ? c : 0xFFFD));
    return out.toString();
  }

  /**
   * Controls drive the terminal; format characters (such as right-to-left override) disguise a
   * name.
   */
  private static boolean harmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      case Character.FORMAT -> codePoint == 0x200D;
      default -> true;
    };
  }
}
