package dev.coffer.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.json.StrictJson.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON of which there is one reading, and everything else refused (PROTOCOL.md §4.4). */
final class StrictJsonTest {
  private static Value.Members read(String text) throws Rejected {
    return StrictJson.object(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Value member(String value) throws Rejected {
    return read("{\"a\":" + value + "}").values().get("a");
  }

  private static void refused(String text) {
    Rejected rejected = assertThrows(Rejected.class, () -> read(text), text);
    assertEquals(RejectionCode.BAD_TEXT, rejected.code());
  }

  @Test
  void everyKindOfValueIsReadAsWhatItIs() throws Exception {
    assertEquals(new Value.Flag(true), member("true"));
    assertEquals(new Value.Flag(false), member("false"));
    assertEquals(new Value.Nothing(), member("null"));
    assertEquals(new Value.Items(List.of()), member("[ ]"));
    assertEquals(
        new Value.Items(List.of(new Value.Whole(1), new Value.Text("b"))), member("[1 , \"b\"]"));
    assertEquals(new Value.Whole(0), member("0"));
    assertEquals(new Value.Whole(-7), member("-7"));
    assertEquals(new Value.Whole(999_999_999_999_999_999L), member("9".repeat(18)));
    assertEquals(0, read(" \t\r\n{ } ").values().size());
  }

  @Test
  void membersHaveTheKindThatIsAskedForOrAreAbsent() throws Exception {
    Value.Members object = read("{\"t\":\"x\",\"w\":3,\"m\":{\"n\":null}}");
    assertEquals(Optional.of("x"), object.text("t"));
    assertEquals(Optional.of(3L), object.whole("w"));
    assertEquals(Optional.of(read("{\"n\":null}")), object.members("m"));
    for (String name : List.of("m", "none")) {
      assertEquals(Optional.empty(), object.text(name));
      assertEquals(Optional.empty(), object.whole(name));
    }
    assertEquals(Optional.empty(), object.members("t"));
  }

  @Test
  void escapesMeanWhatTheRfcSays() throws Exception {
    assertEquals(new Value.Text("\"\\/\b\f\n\r\t"), member("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""));
    assertEquals(new Value.Text("aé☃"), member("\"\\u0061\\u00E9\\u2603\""));
    assertEquals(new Value.Text("😀"), member("\"\\ud83d\\uDE00\""));
    assertEquals(new Value.Text("😀x"), member("\"😀x\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\ud83d\"",
        "\"\\ude00\"",
        "\"x\\ude00\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "\"\\U0061\"",
        "\"\\v\"",
        "\"\\\"",
        "\"\\",
        "\"",
        "\"a",
        "\"\t\"",
        "\"\u0000\"",
        "'a'",
        "-",
        "--1",
        "00",
        "01",
        "-0",
        "-01",
        "+1",
        "1.5",
        "1e2",
        "1E2",
        ".5",
        "1000000000000000000",
        "0x10",
        "1:",
        "1/",
        "NaN",
        "tru",
        "True",
        "nul",
        "fals",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1",
        "[",
        "{\"b\"}",
        "{\"b\" 1}",
        "{\"b\":}",
        "{\"b\":1,}",
        "{\"b\":1",
        "{b:1}",
        "{1:1}",
        "{\"b\":1,\"\\u0062\":2}",
        ""
      })
  void whatTwoReadersCouldReadDifferentlyIsRefused(String value) {
    refused("{\"a\":" + value + "}");
    refused("{\"a\":" + value);
  }

  @Test
  void theObjectIsAllThereIs() throws Exception {
    for (String text : List.of("", " ", "1", "[]", "\"a\"", "null", "{}{}", "{}x", "{} 1", "x{}")) {
      refused(text);
    }
    Rejected bad =
        assertThrows(Rejected.class, () -> StrictJson.object(Bytes.fromHex("7b22c328223a317d")));
    assertEquals(RejectionCode.BAD_TEXT, bad.code());
  }

  @Test
  void nestingEnds() throws Exception {
    member("[".repeat(7) + "1" + "]".repeat(7));
    refused("{\"a\":" + "[".repeat(8) + "1" + "]".repeat(8) + "}");
    member("{\"a\":".repeat(7) + "1" + "}".repeat(7));
    refused("{\"a\":" + "{\"a\":".repeat(8) + "1" + "}".repeat(8) + "}");
    refused("{\"a\":" + "[".repeat(100_000));
  }
}
