package dev.coffer.client.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What people are warned of, and what not. */
class CodeStrengthTest {
  private static String weakness(String code) {
    return CodeStrength.weakness(code.toCharArray(), "carol.jones@example.org")
        .map(CodeStrength.Weakness::inWords)
        .orElse("");
  }

  private static void weak(String why, String... codes) {
    for (String code : codes) {
      assertEquals(why, weakness(code), code);
    }
  }

  @Test
  void whatRepeatsOrCounts() {
    weak("repeats one character", "111111", "11 11 11", "aaaaaaa", "AAaaAA");
    weak("counts up or down", "123456", "654321", "１２３４５６", "abcdef", "234 567");
    weak("repeats one piece", "121212", "123123", "abcabc", "4711 4711", "ha-ha-ha");
  }

  @Test
  void dates() {
    weak(
        "is a date",
        "24.12.1999",
        "19991224",
        "12/24/1999",
        "241299",
        "122499",
        "991224",
        "2001-02-03",
        "031985");
    assertEquals("", weakness("49817326"));
    assertEquals("", weakness("957381"));
  }

  @Test
  void whatIsTypedAlongTheKeys() {
    weak(
        "follows the keys of a keyboard",
        "qwertz",
        "azerty",
        "asdfghjk",
        "1qaz2wsx",
        "147258",
        "159753",
        "poiuytre",
        "qweasd",
        "yxcvbn");
  }

  @Test
  void theAccountsName() {
    weak("holds the account's name", "carol.jones", "CarolJones1", "caroljones99");
    assertEquals(Optional.empty(), CodeStrength.weakness("xq7-vv2-lm9".toCharArray(), "x"));
  }

  @Test
  void whatIsCommon() {
    weak(
        "is among the first that a thief tries",
        "password",
        "Password1",
        "p4ssw0rd",
        "letmein",
        "iloveyou",
        "sunshine!",
        "trustno1",
        "dragon12");
  }

  /** The list is what it says: 25,000 and more, once each, none that is too short for a code. */
  @Test
  void theListIsWhole() throws IOException {
    try (InputStream in = CodeStrength.class.getResourceAsStream("common-codes.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), US_ASCII);
      List<String> lines = text.lines().toList();
      assertTrue(lines.get(1).contains("MIT, see NOTICE"), lines.get(1));
      List<String> words =
          lines.stream().skip(2).flatMap(line -> Arrays.stream(line.split(" "))).toList();
      assertTrue(words.size() >= 25_000, "only " + words.size());
      assertEquals(words.size(), Set.copyOf(words).size());
      assertTrue(words.stream().allMatch(word -> word.length() >= 6));
      assertTrue(words.stream().filter(word -> word.matches("[0-9]{6}")).count() > 700);
      // The last of them is found as the first is.
      assertNotEquals("", weakness(words.get(words.size() - 1)));
    }
  }

  @Test
  void whatIsNot() {
    for (String code :
        List.of(
            "violet kettle 84",
            "green bucket 12",
            "correct horse battery staple",
            "493817",
            "kX9-vv2-Lm0",
            "夏休みの宿題")) {
      assertEquals("", weakness(code), code);
    }
  }
}
