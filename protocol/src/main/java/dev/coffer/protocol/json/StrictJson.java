package dev.coffer.protocol.json;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads JSON (RFC 8259) with everything refused on which two parsers could disagree: duplicate
 * members, fractions and exponents, lone surrogates, anything after the value. The attacker is an
 * issuer's customer who hopes that the node reads one account in a token and the HSM another.
 * Whatever is refused is {@link RejectionCode#BAD_TEXT}.
 */
public final class StrictJson {
  private static final int DEPTH_MAX = 8;

  /** A value. */
  public sealed interface Value {
    /** A string. */
    record Text(String value) implements Value {}

    /** An integer of at most 18 digits. */
    record Whole(long value) implements Value {}

    /** true or false. */
    record Flag(boolean value) implements Value {}

    /** null. */
    record Nothing() implements Value {}

    /** An array. */
    record Items(List<Value> values) implements Value {}

    /** An object. */
    record Members(Map<String, Value> values) implements Value {
      /** The member if it is there and a string. */
      public Optional<String> text(String name) {
        return values.get(name) instanceof Text text ? Optional.of(text.value()) : Optional.empty();
      }

      /** The member if it is there and an integer. */
      public Optional<Long> whole(String name) {
        return values.get(name) instanceof Whole whole
            ? Optional.of(whole.value())
            : Optional.empty();
      }

      /** The member if it is there and an object. */
      public Optional<Members> members(String name) {
        return values.get(name) instanceof Members members
            ? Optional.of(members)
            : Optional.empty();
      }
    }
  }

  private final String text;
  private int at;

  private StrictJson(String text) {
    this.text = text;
  }

  /** The object that {@code utf8} holds and nothing else. */
  public static Value.Members object(Bytes utf8) throws Rejected {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(utf8.toByteArray()))
              .toString();
    } catch (CharacterCodingException e) {
      throw bad();
    }
    StrictJson json = new StrictJson(text);
    json.space();
    Value value = json.value(0);
    json.space();
    if (json.at != text.length() || !(value instanceof Value.Members members)) {
      throw bad();
    }
    return members;
  }

  private static Rejected bad() {
    return new Rejected(RejectionCode.BAD_TEXT, "JSON");
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char next() throws Rejected {
    if (at >= text.length()) {
      throw bad();
    }
    return text.charAt(at++);
  }

  private void expect(String literal) throws Rejected {
    if (!text.startsWith(literal, at)) {
      throw bad();
    }
    at += literal.length();
  }

  private boolean take(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private Value value(int depth) throws Rejected {
    if (depth > DEPTH_MAX || at >= text.length()) {
      throw bad();
    }
    switch (text.charAt(at)) {
      case '{':
        return members(depth);
      case '[':
        return items(depth);
      case '"':
        return new Value.Text(string());
      case 't':
        expect("true");
        return new Value.Flag(true);
      case 'f':
        expect("false");
        return new Value.Flag(false);
      case 'n':
        expect("null");
        return new Value.Nothing();
      default:
        return whole();
    }
  }

  private Value.Members members(int depth) throws Rejected {
    expect("{");
    Map<String, Value> values = new LinkedHashMap<>();
    space();
    if (take('}')) {
      return new Value.Members(values);
    }
    do {
      space();
      String name = string();
      space();
      expect(":");
      space();
      if (values.put(name, value(depth + 1)) != null) {
        throw new Rejected(RejectionCode.BAD_TEXT, "one JSON member twice");
      }
      space();
    } while (take(','));
    expect("}");
    return new Value.Members(values);
  }

  private Value.Items items(int depth) throws Rejected {
    expect("[");
    List<Value> values = new ArrayList<>();
    space();
    if (take(']')) {
      return new Value.Items(values);
    }
    do {
      space();
      values.add(value(depth + 1));
      space();
    } while (take(','));
    expect("]");
    return new Value.Items(values);
  }

  private Value.Whole whole() throws Rejected {
    int start = at;
    boolean negative = take('-');
    int first = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    int digits = at - first;
    boolean leadingZero = digits > 1 && text.charAt(first) == '0';
    boolean negativeZero = negative && digits == 1 && text.charAt(first) == '0';
    boolean fraction = at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0;
    if (digits < 1 || digits > 18 || leadingZero || negativeZero || fraction) {
      throw bad();
    }
    return new Value.Whole(Long.parseLong(text.substring(start, at)));
  }

  private String string() throws Rejected {
    expect("\"");
    StringBuilder out = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      if (c < 0x20) {
        throw bad();
      }
      out.append(c == '\\' ? escaped() : c);
    }
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < out.length()
              && Character.isLowSurrogate(out.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw bad();
      }
    }
    return out.toString();
  }

  private char escaped() throws Rejected {
    char c = next();
    switch (c) {
      case '"':
      case '\\':
      case '/':
        return c;
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        int unit = 0;
        for (int i = 0; i < 4; i++) {
          int digit = "0123456789abcdef".indexOf(Character.toLowerCase(next()));
          if (digit < 0) {
            throw bad();
          }
          unit = unit << 4 | digit;
        }
        return (char) unit;
      default:
        throw bad();
    }
  }
}
