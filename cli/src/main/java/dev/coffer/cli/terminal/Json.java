package dev.coffer.cli.terminal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes one JSON object on one line (RFC 8259), members in the order they were put. Writing only:
 * this program never parses JSON. Not thread-safe.
 */
public final class Json {
  private final Map<String, String> members = new LinkedHashMap<>();

  /** Adds a text. */
  public Json put(String name, String text) {
    members.put(name, quote(text));
    return this;
  }

  /** Adds a number. */
  public Json put(String name, long number) {
    members.put(name, Long.toString(number));
    return this;
  }

  /** Adds a number with two decimals. */
  public Json put(String name, double number) {
    long hundredths = Math.round(number * 100);
    members.put(name, Double.toString(hundredths / 100.0));
    return this;
  }

  /** Adds a flag. */
  public Json put(String name, boolean flag) {
    members.put(name, Boolean.toString(flag));
    return this;
  }

  /** Adds a list of objects. */
  public Json putAll(String name, List<Json> objects) {
    List<String> written = new ArrayList<>();
    objects.forEach(object -> written.add(object.toString()));
    members.put(name, "[" + String.join(",", written) + "]");
    return this;
  }

  /** Adds a list of texts. */
  public Json putTexts(String name, List<String> texts) {
    members.put(name, "[" + String.join(",", texts.stream().map(Json::quote).toList()) + "]");
    return this;
  }

  @Override
  public String toString() {
    List<String> written = new ArrayList<>();
    members.forEach((name, value) -> written.add(quote(name) + ":" + value));
    return "{" + String.join(",", written) + "}";
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c) && !paired(text, i)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  private static boolean paired(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
