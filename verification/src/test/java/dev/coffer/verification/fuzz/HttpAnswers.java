package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a server sent until it closed: nothing, or whole answers of documented statuses one
 * after another, the last of which may be cut off.
 */
final class HttpAnswers {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([1-5][0-9][0-9])[ -~]*");
  private static final Pattern HEADER = Pattern.compile("[!-9;-~]+:[\\t -~]*");
  private static final String LENGTH = "content-length:";

  private final String text;
  private final Set<Integer> documented;
  private int at;

  private HttpAnswers(Bytes octets, Set<Integer> documented) {
    this.text = new String(octets.toByteArray(), StandardCharsets.ISO_8859_1);
    this.documented = documented;
  }

  /** The statuses, in their order. */
  static List<Integer> read(Bytes octets, Set<Integer> documented) {
    HttpAnswers answers = new HttpAnswers(octets, documented);
    List<Integer> statuses = new ArrayList<>();
    while (answers.at < answers.text.length()) {
      statuses.add(answers.next());
    }
    return statuses;
  }

  private int next() {
    int end = text.indexOf("\r\n\r\n", at);
    String[] lines = text.substring(at, end < 0 ? text.length() : end).split("\r\n", -1);
    Matcher first = STATUS.matcher(lines[0]);
    if (!first.matches()) {
      throw new AssertionError("no status line: " + lines[0]);
    }
    int status = Integer.parseInt(first.group(1));
    if (!documented.contains(status)) {
      throw new AssertionError("status " + status + " is not documented");
    }
    int length = 0;
    for (int i = 1; i < lines.length; i++) {
      if (end >= 0 && !HEADER.matcher(lines[i]).matches()) {
        throw new AssertionError("no header: " + lines[i]);
      }
      if (end >= 0 && lines[i].regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Integer.parseInt(lines[i].substring(LENGTH.length()).strip());
      }
    }
    at = end < 0 ? text.length() : end + 4;
    // An answer to HEAD has a length and no body.
    if (!text.startsWith("HTTP/1.1 ", at)) {
      at = Math.min(text.length(), at + length);
    }
    return status;
  }
}
