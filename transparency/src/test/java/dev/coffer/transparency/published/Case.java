package dev.coffer.transparency.published;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One published case: what goes in, and what comes out or why nothing does. */
final class Case {
  /** What a reader makes of octets. */
  @FunctionalInterface
  interface Reader {
    /** The fields that were read, by name. */
    Map<String, Object> read(Bytes input) throws Refused;
  }

  private Case() {}

  /** A case whose expectation is what {@code reader} does with {@code input} today. */
  static Map<String, Object> of(String name, String input, Reader reader) {
    return of(name, Utf8.encode(input), reader);
  }

  /** The same for octets, which are given in base64 where they are not text. */
  static Map<String, Object> of(String name, Bytes input, Reader reader) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    String text = text(input);
    if (Utf8.encode(text).equals(input)) {
      json.put("input", text);
    } else {
      json.put("inputBase64", StrictBase64.encode(input));
    }
    try {
      Map<String, Object> read = reader.read(input);
      json.put("valid", true);
      json.putAll(read);
    } catch (Refused e) {
      json.put("valid", false);
      json.put("refusal", e.code().name());
    }
    return json;
  }

  /** Fails unless the case is as its author meant it. */
  static Map<String, Object> good(String name, String input, Reader reader) {
    return meant(true, of(name, input, reader));
  }

  /** Fails unless the case is refused for that reason. */
  static Map<String, Object> bad(RefusalCode code, String name, String input, Reader reader) {
    return bad(code, name, Utf8.encode(input), reader);
  }

  /** Fails unless the case is refused for that reason. */
  static Map<String, Object> bad(RefusalCode code, String name, Bytes input, Reader reader) {
    Map<String, Object> json = meant(false, of(name, input, reader));
    if (!json.get("refusal").equals(code.name())) {
      throw new AssertionError(name + ": " + json.get("refusal") + " and not " + code);
    }
    return json;
  }

  private static Map<String, Object> meant(boolean valid, Map<String, Object> json) {
    if (!json.get("valid").equals(valid)) {
      throw new AssertionError(json.get("name") + " is not what it is meant to be: " + json);
    }
    return json;
  }

  /** A file of cases. */
  @SafeVarargs
  static Map<String, Object> file(
      String what, Map<String, Object> shared, Map<String, Object>... cases) {
    return file(what, shared, List.of(cases));
  }

  /** A file of cases. */
  static Map<String, Object> file(
      String what, Map<String, Object> shared, List<Map<String, Object>> cases) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("what", what);
    file.putAll(shared);
    file.put("cases", cases);
    return file;
  }

  /** Names and values in this order. */
  static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  /** UTF-8 as text. */
  static String text(Bytes octets) {
    return new String(octets.toByteArray(), StandardCharsets.UTF_8);
  }
}
