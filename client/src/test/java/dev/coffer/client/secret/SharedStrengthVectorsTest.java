package dev.coffer.client.secret;

import static dev.coffer.protocol.shared.SharedVectors.fields;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.shared.SharedVectors;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is weak about a code, for the Java program and the console's page. */
final class SharedStrengthVectorsTest {
  private static final List<String> CHOSEN =
      List.of(
          "111111",
          "AAaaAA",
          "345678",
          "fedcba",
          "\uff11\uff12\uff13\uff14\uff15\uff16",
          "\u0661\u0662\u0663\u0664\u0665\u0666",
          "\u1049\u1048\u1047\u1046\u1045\u1044",
          "4711-4711",
          "ha-ha-ha",
          "abcdeabcde",
          "24.12.1999",
          "19991224",
          "12/24/1999",
          "031985",
          "991399",
          "19990230",
          "20991301",
          "qwertz",
          "1qaz2wsx",
          "poiuytre",
          "753951",
          "qwe1asd",
          "carol.jones",
          "CarolJones1",
          "caroljones1234567890123",
          "my carol jones",
          "Password1",
          "pass word 123",
          "xyzpassword",
          "wxyzpassword",
          "p4ssw0rd",
          "sunshine!",
          "sun shine\u00a0!\u2028",
          "trustno1",
          "\u0130LOVEYOU",
          "I\u0307loveyou",
          "\ud83d\udc09dragon",
          "\ud83d\udc09\ud83d\udc09dragon",
          "\u590f\u4f11\u307f\u306e\u5bbf\u984c",
          "violet kettle 84",
          "correct horse battery staple",
          "493817",
          "kX9-vv2-Lm0",
          "stra\u00dfe\u00c4");

  private static final List<String> ACCOUNTS =
      List.of("carol.jones@example.org", "alice", "x", "\u0130brahim@example.org", "@home");

  private static List<String> common() throws IOException {
    try (InputStream in = CodeStrength.class.getResourceAsStream("common-codes.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), US_ASCII);
      return text.lines().skip(2).flatMap(line -> Arrays.stream(line.split(" "))).toList();
    }
  }

  private static Map<String, Object> weakness(String code, String account, Set<Object> seen) {
    Object found =
        CodeStrength.weakness(code.toCharArray(), account).<Object>map(Enum::name).orElse("");
    seen.add(found);
    return fields("code", code, "account", account, "weakness", found);
  }

  @Test
  void strength() throws IOException {
    Set<Object> seen = new HashSet<>();
    List<Map<String, Object>> cases = new ArrayList<>();
    for (int i = 0; i < CHOSEN.size(); i++) {
      cases.add(weakness(CHOSEN.get(i), ACCOUNTS.get(i % ACCOUNTS.size()), seen));
      cases.add(weakness(CHOSEN.get(i), ACCOUNTS.getFirst(), seen));
    }
    Random random = new Random(13);
    List<String> words = common();
    for (int i = 0; i < 240; i++) {
      String word = words.get(i == 0 ? words.size() - 1 : random.nextInt(words.size()));
      String around = "x7-Qv".substring(random.nextInt(5));
      String code = i % 3 == 0 ? word : i % 3 == 1 ? word + around : around + word + "9";
      cases.add(weakness(code, "alice", seen));
    }
    for (int i = 0; i < 240; i++) {
      StringBuilder code = new StringBuilder();
      String alphabet = i % 2 == 0 ? "0123456789" : "qweasd123aliceAL. ";
      for (int left = 6 + random.nextInt(6); left > 0; left--) {
        code.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      cases.add(weakness(code.toString(), "alice", seen));
    }
    assertEquals(CodeStrength.Weakness.values().length + 1, seen.size(), "each, and none");
    SharedVectors.check(
        "code-strength",
        fields(
            "what",
            "Codes as they are typed, accounts, and what is weak about them: a name of"
                + " CodeStrength's, or nothing.",
            "cases",
            cases));
  }
}
