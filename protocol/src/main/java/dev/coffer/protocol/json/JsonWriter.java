package dev.coffer.protocol.json;

import dev.coffer.protocol.codec.Invariant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes one JSON object (RFC 8259) without white space on one line, members in the order they were
 * put, each name once. The text is printable ASCII: everything else is escaped, so that it has as
 * many octets as characters and cannot steer a terminal or break a line of a log. A lone surrogate
 * stays one, as an escape, which {@link StrictJson} refuses.
 *
 * <p>Values are not secret. Not thread-safe; an object put into another is written as it is then.
 */
public final class JsonWriter {
  private final Map<String, String> members = new LinkedHashMap<>();

  /** Adds a text. */
  public JsonWriter put(String name, String text) {
    return add(name, quoted(text));
  }

  /** Adds an integer; beyond 2⁵³ some readers round. */
  public JsonWriter put(String name, long number) {
    return add(name, Long.toString(number));
  }

  /** Adds a number rounded to hundredths, at most 10¹² either way. */
  public JsonWriter put(String name, double number) {
    Invariant.check(Math.abs(number) <= 1e12, "JSON knows finite numbers only");
    long hundredths = Math.round(number * 100);
    String sign = hundredths < 0 ? "-" : "";
    long magnitude = Math.abs(hundredths);
    long cents = magnitude % 100;
    String digits = cents % 10 == 0 ? "" + cents / 10 : (cents < 10 ? "0" : "") + cents;
    return add(name, sign + magnitude / 100 + "." + digits);
  }

  /** Adds a flag. */
  public JsonWriter put(String name, boolean flag) {
    return add(name, Boolean.toString(flag));
  }

  /** Adds an object. */
  public JsonWriter put(String name, JsonWriter object) {
    return add(name, object.toString());
  }

  /** Adds null. */
  public JsonWriter putNull(String name) {
    return add(name, "null");
  }

  /** Adds a list of texts. */
  public JsonWriter putTexts(String name, Collection<String> texts) {
    return add(name, list(texts.stream().map(JsonWriter::quoted).toList()));
  }

  /** Adds a list of integers. */
  public JsonWriter putNumbers(String name, Collection<Long> numbers) {
    return add(name, list(numbers.stream().map(number -> Long.toString(number)).toList()));
  }

  /** Adds a list of objects. */
  public JsonWriter putAll(String name, Collection<JsonWriter> objects) {
    return add(name, list(objects.stream().map(JsonWriter::toString).toList()));
  }

  /** The object, without a line's end. */
  @Override
  public String toString() {
    return members.entrySet().stream()
        .map(member -> quoted(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** {@code text} as a JSON string, quotes included. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  private JsonWriter add(String name, String value) {
    Invariant.check(members.put(name, value) == null, "a JSON member has a value");
    return this;
  }

  private static String list(Collection<String> values) {
    return "[" + String.join(",", values) + "]";
  }
}
