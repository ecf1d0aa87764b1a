package dev.coffer.cli.view;

import dev.coffer.backup.SnapshotEntry.Type;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Times;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Something in a directory, for web pages and WebDAV.
 *
 * @param note what a person is told beside it
 */
record Shown(Type type, String name, Instant modified, long size, String note) {
  private static final String UNRESERVED = "-._~";
  private static final DateTimeFormatter HTTP_TIME =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  boolean isDirectory() {
    return type == Type.DIRECTORY;
  }

  /** Whether it can be opened; a link, or what is missing, is only named. */
  boolean opens() {
    return isDirectory() || type == Type.FILE;
  }

  /** As a part of a path. */
  static String encoded(String name) {
    StringBuilder text = new StringBuilder();
    for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
        text.append(c);
      } else {
        text.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
        text.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return text.toString();
  }

  static String time(Instant time) {
    return HTTP_TIME.format(time);
  }

  /** A directory as a page. */
  static String page(String title, List<Shown> content, boolean outermost) {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>")
        .append(escaped(title))
        .append("</title></head><body><h1>")
        .append(escaped(title))
        .append("</h1><table>\n");
    if (!outermost) {
      page.append("<tr><td><a href=\"../\">../</a></td></tr>\n");
    }
    for (Shown one : content) {
      String name = escaped(one.name() + (one.isDirectory() ? "/" : ""));
      String place = "./" + encoded(one.name()) + (one.isDirectory() ? "/" : "");
      page.append("<tr><td>")
          .append(one.opens() ? "<a href=\"" + place + "\">" + name + "</a>" : name)
          .append("</td><td>")
          .append(one.type() == Type.FILE ? Sizes.bytes(one.size()) : "")
          .append("</td><td>")
          .append(one.opens() ? escaped(Times.shortLocal(one.modified())) : "")
          .append("</td><td>")
          .append(escaped(one.note()))
          .append("</td></tr>\n");
    }
    return page.append("</table></body></html>\n").toString();
  }

  /**
   * Answers a PROPFIND (RFC 4918): always the same few properties, in ASCII.
   *
   * @param place the path as it was asked for of {@code self}, with a slash at the end of a
   *     directory
   */
  static String properties(String place, Shown self, List<Shown> content) {
    StringBuilder text =
        new StringBuilder(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n");
    String there = escaped(place);
    text.append(self.response(there));
    for (Shown one : content) {
      if (one.opens()) {
        String slash = one.isDirectory() ? "/" : "";
        text.append(one.response(there + encoded(one.name()) + slash));
      }
    }
    return text.append("</D:multistatus>\n").toString();
  }

  private String response(String place) {
    return "<D:response><D:href>"
        + place
        + "</D:href><D:propstat><D:prop>"
        + (isDirectory()
            ? "<D:resourcetype><D:collection/></D:resourcetype>"
            : "<D:resourcetype/><D:getcontentlength>" + size + "</D:getcontentlength>")
        + "<D:getlastmodified>"
        + time(modified)
        + "</D:getlastmodified></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
        + "</D:response>\n";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
