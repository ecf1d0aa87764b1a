package dev.coffer.cli.view;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file, as a {@code Range} header asks for it (RFC 9110 §14).
 *
 * @param from the number of its first octet
 * @param size its octets; 0 if there is no such part
 */
record ByteRange(long from, long size) {
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /** What {@code header} asks for; empty where it asks for the whole, or for what is not served. */
  static Optional<ByteRange> parse(String header, long size) {
    Matcher one = ONE.matcher(header.strip());
    if (!one.matches() || one.group(1).isEmpty() && one.group(2).isEmpty()) {
      return Optional.empty();
    }
    if (one.group(1).isEmpty()) {
      long last = Math.min(size, Long.parseLong(one.group(2)));
      return Optional.of(new ByteRange(size - last, last));
    }
    long from = Long.parseLong(one.group(1));
    long to = one.group(2).isEmpty() ? size - 1 : Long.parseLong(one.group(2));
    if (to < from && !one.group(2).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new ByteRange(from, Math.max(0, Math.min(to, size - 1) - from + 1)));
  }

  /** The header that says which part it is. */
  String contentRange(long all) {
    return size == 0 ? "bytes */" + all : "bytes " + from + "-" + (from + size - 1) + "/" + all;
  }
}
