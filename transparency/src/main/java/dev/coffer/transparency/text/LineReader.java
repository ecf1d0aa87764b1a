package dev.coffer.transparency.text;

import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads text line by line. A line ends with exactly one newline (U+000A), the last one too. Not
 * thread-safe.
 */
public final class LineReader {
  private final String text;
  private final String what;
  private int at;

  /**
   * @param text text that {@link Utf8} let pass
   * @param what names the document in refusals
   */
  public LineReader(String text, String what) {
    this.text = text;
    this.what = what;
  }

  /** Whether everything was read. */
  public boolean atEnd() {
    return at == text.length();
  }

  /** The next line without its newline. */
  public String line() throws Refused {
    int end = text.indexOf('\n', at);
    if (end < 0) {
      throw new Refused(RefusalCode.MALFORMED, what + " ends inside a line");
    }
    String line = text.substring(at, end);
    at = end + 1;
    return line;
  }

  /** The next line without reading it; empty at the end, where there is none. */
  public String peek() {
    int end = text.indexOf('\n', at);
    return end < 0 ? "" : text.substring(at, end);
  }

  /** The next line, which must be exactly {@code expected}. */
  public void expect(String expected) throws Refused {
    if (!line().equals(expected)) {
      throw new Refused(RefusalCode.MALFORMED, what + ": expected " + describe(expected));
    }
  }

  private static String describe(String expected) {
    return expected.isEmpty() ? "an empty line" : expected;
  }

  /** What follows {@code keyword} and one space on the next line. */
  public String after(String keyword) throws Refused {
    String line = line();
    if (!line.startsWith(keyword)
        || line.length() <= keyword.length()
        || line.charAt(keyword.length()) != ' ') {
      throw new Refused(RefusalCode.MALFORMED, what + ": expected " + keyword);
    }
    return line.substring(keyword.length() + 1);
  }

  /** Exactly {@code count} words after {@code keyword}, parted by single spaces. */
  public List<String> words(String keyword, int count) throws Refused {
    List<String> words = words(keyword);
    if (words.size() != count) {
      throw new Refused(RefusalCode.MALFORMED, what + ": words after " + keyword);
    }
    return words;
  }

  /** The words after {@code keyword}, parted by single spaces; none of them is empty. */
  public List<String> words(String keyword) throws Refused {
    String rest = after(keyword);
    List<String> words = new ArrayList<>();
    int from = 0;
    while (true) {
      int space = rest.indexOf(' ', from);
      String word = rest.substring(from, space < 0 ? rest.length() : space);
      if (word.isEmpty()) {
        throw new Refused(RefusalCode.NOT_CANONICAL, what + ": one space after " + keyword);
      }
      words.add(word);
      if (space < 0) {
        return List.copyOf(words);
      }
      from = space + 1;
    }
  }

  /**
   * Lines of one SHA-256 hash each, in base64, up to the next empty line, which is read, too.
   *
   * @param max how many at most
   */
  public List<Bytes> hashesUpToBlank(int max) throws Refused {
    List<Bytes> hashes = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (hashes.size() == max) {
        throw new Refused(RefusalCode.TOO_LARGE, what + ": hashes");
      }
      hashes.add(StrictBase64.decode(line, 32, what + ": hash"));
    }
    return List.copyOf(hashes);
  }

  /** Everything not read yet. */
  public String rest() {
    String rest = text.substring(at);
    at = text.length();
    return rest;
  }

  /** Refuses lines left over. */
  public void end() throws Refused {
    if (!atEnd()) {
      throw new Refused(RefusalCode.MALFORMED, what + ": something follows the last line");
    }
  }
}
