package dev.coffer.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What is written is what a foreign reader and our own read. */
final class JsonWriterTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  private static StrictJson.Value.Members strictly(String text) throws Rejected {
    return StrictJson.object(Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void everyKindOfValueIsWrittenInOrderOnOneLine() {
    JsonWriter object =
        new JsonWriter()
            .put("z", "a\"b\\c/\n\u007f\u2028é😀")
            .put("long", Long.MIN_VALUE)
            .put("flag", true)
            .putNull("nothing")
            .put("object", new JsonWriter().put("n", 1))
            .putTexts("texts", List.of("a", "\t"))
            .putNumbers("numbers", List.of(1L, -2L))
            .putAll("objects", List.of(new JsonWriter(), new JsonWriter().put("x", false)));
    String escaped = "a\\\"b\\\\c/\\u000a\\u007f\\u2028\\u00e9\\ud83d\\ude00";
    assertEquals(
        "{\"z\":\""
            + escaped
            + "\",\"long\":-9223372036854775808,\"flag\":true,\"nothing\":null,"
            + "\"object\":{\"n\":1},\"texts\":[\"a\",\"\\u0009\"],\"numbers\":[1,-2],"
            + "\"objects\":[{},{\"x\":false}]}",
        object.toString());
    assertEquals("{}", new JsonWriter().toString());
  }

  @Test
  void decimalsHaveHundredthsAtMost() {
    double[] numbers = {0, 1, 0.5, 12.345, -0.05, -1.1, 2_000_000.999, 1e12, -0.001};
    String[] texts = {"0.0", "1.0", "0.5", "12.35", "-0.05", "-1.1", "2000001.0"};
    for (int i = 0; i < texts.length; i++) {
      assertEquals("{\"d\":" + texts[i] + "}", new JsonWriter().put("d", numbers[i]).toString());
    }
    assertEquals("{\"d\":1000000000000.0}", new JsonWriter().put("d", 1e12).toString());
    assertEquals("{\"d\":0.0}", new JsonWriter().put("d", -0.001).toString());
    for (double none : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1.1e12}) {
      assertThrows(Invariant.Broken.class, () -> new JsonWriter().put("d", none));
    }
  }

  @Test
  void aMemberIsWrittenOnce() {
    JsonWriter object = new JsonWriter().put("a", 1);
    assertThrows(Invariant.Broken.class, () -> object.put("a", "b"));
  }

  @Test
  void anyTextIsReadBackByJacksonAndByTheStrictReader() throws Exception {
    SplittableRandom random = new SplittableRandom(20261129);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(20); i > 0; i--) {
        int bound = random.nextBoolean() ? 0x100 : 0x110000;
        int c = random.nextInt(bound);
        text.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? c - 0xd800 : c);
      }
      String json =
          new JsonWriter()
              .put(text.toString(), 7)
              .putTexts("-" + text, List.of("" + text))
              .toString();
      assertEquals(json.length(), json.chars().filter(c -> c >= ' ' && c <= '~').count());
      JsonNode node = JACKSON.readTree(json);
      assertEquals(7, node.get(text.toString()).asInt(), () -> "seed 20261129: " + json);
      assertEquals(text.toString(), node.get("-" + text).get(0).asString());
      StrictJson.Value.Members members = strictly(json);
      assertEquals(7L, members.whole(text.toString()).orElseThrow());
      assertEquals(
          new StrictJson.Value.Items(List.of(new StrictJson.Value.Text(text.toString()))),
          members.values().get("-" + text));
    }
  }

  @Test
  void aLoneSurrogateStaysOneForTheReaderToRefuse() {
    assertEquals("\"x\\ud800\"", JsonWriter.quoted("x\ud800"));
    assertThrows(Rejected.class, () -> strictly(new JsonWriter().put("a", "\udc00").toString()));
  }
}
