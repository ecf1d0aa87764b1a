package dev.coffer.client.secret;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Warns of codes that ten guesses, or a patient thief's many tens, have a fair chance to find. The
 * vault's guess limit is what protects a short code, so this warns and never refuses. Works
 * offline, with the 25,000 commonest passwords in this jar. Stateless and thread-safe.
 *
 * <p>Makes no String of the code: strings cannot be erased. <b>Not guaranteed:</b> a code without a
 * weakness is not strong; a pet's name, or a code that is used elsewhere too, is not found.
 */
public final class CodeStrength {
  /** What is weak about a code. */
  public enum Weakness {
    ONE_CHARACTER("repeats one character"),
    COUNTS("counts up or down"),
    ONE_PIECE("repeats one piece"),
    DATE("is a date"),
    KEYBOARD("follows the keys of a keyboard"),
    NAME("holds the account's name"),
    COMMON("is among the first that a thief tries");

    private final String words;

    Weakness(String words) {
      this.words = words;
    }

    /** The end of the sentence "this code …". */
    public String inWords() {
      return words;
    }
  }

  private static final String COMMON = "common-codes.txt";

  /** How many characters around a common password leave it one. */
  private static final int AROUND_MAX = 3;

  /** Shortest piece of a keyboard's row, of a counting or repeating sequence, or of a name. */
  private static final int PIECE_MIN = 3;

  /** What lies side by side on keyboards and number pads, and is typed along. */
  private static final List<String> ROWS =
      List.of(
          "1234567890",
          "qwertyuiop",
          "qwertzuiop",
          "azertyuiop",
          "asdfghjkl",
          "qsdfghjklm",
          "zxcvbnm",
          "yxcvbnm",
          "wxcvbn",
          "qaz",
          "wsx",
          "edc",
          "rfv",
          "tgb",
          "yhn",
          "ujm",
          "1qaz",
          "2wsx",
          "3edc",
          "4rfv",
          "5tgb",
          "6yhn",
          "7ujm",
          "147",
          "258",
          "369",
          "159",
          "357",
          "753",
          "951",
          "7410",
          "abcdefghijklmnopqrstuvwxyz");

  private CodeStrength() {}

  /**
   * What is weak about a code; empty if nothing obvious is. Reads 210 kB and takes some
   * milliseconds: off the thread that draws.
   *
   * @param code as it was typed; the caller wipes it
   * @param account the account's name, which a thief knows
   */
  public static Optional<Weakness> weakness(char[] code, String account) {
    char[] plain = plain(code);
    try {
      if (steps(plain, 0)) {
        return Optional.of(Weakness.ONE_CHARACTER);
      }
      if (steps(plain, 1) || steps(plain, -1)) {
        return Optional.of(Weakness.COUNTS);
      }
      if (repeats(plain)) {
        return Optional.of(Weakness.ONE_PIECE);
      }
      if (isDate(plain)) {
        return Optional.of(Weakness.DATE);
      }
      if (isTypedAlong(plain)) {
        return Optional.of(Weakness.KEYBOARD);
      }
      if (holdsName(plain, account)) {
        return Optional.of(Weakness.NAME);
      }
      return isCommon(plain) ? Optional.of(Weakness.COMMON) : Optional.empty();
    } finally {
      Arrays.fill(plain, '\0');
    }
  }

  /** Small letters, without what stands between digits and words. */
  private static char[] plain(char[] code) {
    char[] plain = new char[code.length];
    int size = 0;
    for (char c : code) {
      if (!Character.isSpaceChar(c) && "-._/,:".indexOf(c) < 0) {
        int digit = Character.digit(c, 10);
        plain[size++] = digit >= 0 ? (char) ('0' + digit) : Character.toLowerCase(c);
      }
    }
    char[] exact = Arrays.copyOf(plain, size);
    Arrays.fill(plain, '\0');
    return exact;
  }

  private static boolean steps(char[] code, int by) {
    for (int i = 1; i < code.length; i++) {
      if (code[i] - code[i - 1] != by) {
        return false;
      }
    }
    return true;
  }

  /** The same one to four characters over and over. */
  private static boolean repeats(char[] code) {
    for (int period = 1; period <= 4 && 2 * period <= code.length; period++) {
      boolean same = true;
      for (int i = period; i < code.length; i++) {
        same &= code[i] == code[i - period];
      }
      if (same) {
        return true;
      }
    }
    return false;
  }

  /** Six or eight digits: day, month, year in any order in use. */
  private static boolean isDate(char[] code) {
    for (char c : code) {
      if (c < '0' || c > '9') {
        return false;
      }
    }
    return switch (code.length) {
      case 6 ->
          dayAndMonth(code, 0)
              || dayAndMonth(code, 2)
              || isYear(code, 0) && month(code, 4)
              || isYear(code, 2) && month(code, 0);
      case 8 -> isYear(code, 4) && dayAndMonth(code, 0) || isYear(code, 0) && dayAndMonth(code, 4);
      default -> false;
    };
  }

  private static int two(char[] code, int at) {
    return 10 * (code[at] - '0') + code[at + 1] - '0';
  }

  private static boolean month(char[] code, int at) {
    return two(code, at) >= 1 && two(code, at) <= 12;
  }

  private static boolean day(char[] code, int at) {
    return two(code, at) >= 1 && two(code, at) <= 31;
  }

  private static boolean dayAndMonth(char[] code, int at) {
    return day(code, at) && month(code, at + 2) || month(code, at) && day(code, at + 2);
  }

  private static boolean isYear(char[] code, int at) {
    return two(code, at) == 19 || two(code, at) == 20;
  }

  /** Whether it is nothing but pieces of rows, forwards or backwards, and what repeats. */
  private static boolean isTypedAlong(char[] code) {
    int at = 0;
    while (at < code.length) {
      int longest = 0;
      for (String row : ROWS) {
        longest = Math.max(longest, Math.max(along(code, at, row, 1), along(code, at, row, -1)));
      }
      if (longest < PIECE_MIN) {
        return false;
      }
      at += longest;
    }
    return code.length > 0;
  }

  private static int along(char[] code, int at, String row, int by) {
    int place = row.indexOf(code[at]);
    int length = 0;
    while (place >= 0
        && place < row.length()
        && at + length < code.length
        && code[at + length] == row.charAt(place)) {
      length++;
      place += by;
    }
    return length;
  }

  /** The name as a whole, or what stands before an @, and not much more. */
  private static boolean holdsName(char[] code, String account) {
    String name = account.toLowerCase(Locale.ROOT);
    int at = name.indexOf('@');
    char[] plain = plain((at > 0 ? name.substring(0, at) : name).toCharArray());
    return plain.length >= PIECE_MIN
        && code.length - plain.length <= plain.length + AROUND_MAX
        && indexOf(code, plain, 0, plain.length) >= 0;
  }

  /** Where {@code text[from..to)} stands in the code, or −1. */
  private static int indexOf(char[] code, char[] text, int from, int to) {
    int size = to - from;
    for (int start = 0; start + size <= code.length; start++) {
      int same = 0;
      while (same < size && code[start + same] == text[from + same]) {
        same++;
      }
      if (same == size) {
        return start;
      }
    }
    return -1;
  }

  /** Whether it is a common password, with little around it. */
  private static boolean isCommon(char[] code) {
    char[] list = common();
    int from = 0;
    for (int i = 0; i <= list.length; i++) {
      if (i == list.length || list[i] == ' ' || list[i] == '\n') {
        int size = i - from;
        if (size > 0
            && code.length >= size
            && code.length - size <= AROUND_MAX
            && indexOf(code, list, from, i) >= 0) {
          return true;
        }
        from = i + 1;
      }
    }
    return false;
  }

  /** The words, without the two lines that say where they come from. */
  private static char[] common() {
    try (InputStream in =
        Objects.requireNonNull(CodeStrength.class.getResourceAsStream(COMMON), COMMON)) {
      ByteArrayOutputStream read = new ByteArrayOutputStream(256 << 10);
      byte[] buffer = new byte[8 << 10];
      for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
        read.write(buffer, 0, size);
      }
      String all = new String(read.toByteArray(), StandardCharsets.US_ASCII);
      int words = all.indexOf('\n', all.indexOf('\n') + 1) + 1;
      return all.substring(words).toCharArray();
    } catch (IOException e) {
      throw new IllegalStateException(COMMON, e);
    }
  }
}
