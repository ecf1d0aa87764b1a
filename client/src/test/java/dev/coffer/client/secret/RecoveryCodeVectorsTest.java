package dev.coffer.client.secret;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * What every client makes of a typed code (PROTOCOL.md §7.1), in a file that the others read too.
 * After a change that is meant, run this with {@code -Dvectors.update=true} and review the
 * difference.
 */
final class RecoveryCodeVectorsTest {
  private static final List<String> TYPED =
      List.of(
          "123456",
          " 123456 ",
          "1234 5678",
          "１２３４　５６７８",
          "\u0661\u0662\u0663\u0664\u0665\u0666",
          "12\u0663\u0664\u06f5\u06f6",
          "1234-5678",
          "1 2 3 4 5",
          "violet kettle 84",
          "\u3000violet\u00a0kettle 84\u202f",
          "violet  kettle",
          "it\u2019s \u201cso\u201d\u2026",
          "it's \"so\"...",
          "\u00ab\u2039so\u203a\u00bb \u201a\u201b\u2018 \u201e\u201f",
          "6\u2032 2\u2033 tall",
          "a\u2010b\u2011c\u2012d\u2013e\u2212f",
          "a\u2014b\u2015c",
          "A\u030angstro\u0308m",
          "\u212bngstr\u00f6m",
          "\u1112\u1161\u11ab\u1100\u116e\u11a8\uc5b4 \ucf54\ub4dc",
          "\uff21\uff42\uff43def",
          "col\u00b7labora",
          "co\u00b7labora",
          "code \u0661\u06f2",
          "teapot \ud83e\uded6",
          "tired \ud83e\udee9",
          "code \u0870",
          "secret \ufdd0",
          "secret\u200dcode",
          "secret\tcode",
          "two\nlines",
          "jos\ufffd1234",
          "",
          " \u3000 ",
          "12345",
          "a".repeat(128),
          "a".repeat(129),
          "a".repeat(126) + "\u2026");

  private interface Form {
    RecoveryCode of(char[] typed) throws UnacceptableCode;
  }

  /** The normalised code, or the problem, as members of JSON. */
  private static String outcome(String typed, Form form) {
    try (RecoveryCode code = form.of(typed.toCharArray());
        SecretBytes octets = code.normalised()) {
      return "{\"code\":" + quoted(new String(octets.copy(), StandardCharsets.UTF_8)) + "}";
    } catch (UnacceptableCode e) {
      String problem = e.problem().name().toLowerCase(Locale.ROOT).replace('_', '-');
      return "{\"problem\":" + quoted(problem) + "}";
    }
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7f) {
        quoted.append(c);
      } else {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return quoted.append('"').toString();
  }

  @Test
  void everyClientMakesTheSameOfIt() throws Exception {
    List<String> cases = new ArrayList<>();
    for (String typed : TYPED) {
      cases.add(
          "  {\"typed\":"
              + quoted(typed)
              + ",\n   \"chosen\":"
              + outcome(typed, RecoveryCode::chosen)
              + ",\n   \"tried\":"
              + outcome(typed, RecoveryCode::typed)
              + ",\n   \"earlier\":"
              + outcome(typed, RecoveryCode::typedEarlierForm)
              + "}");
    }
    String what =
        "What is typed, and what it is as a code that is set, as one that is tried, and as one that earlier versions"
            + " would have tried (PROTOCOL.md 7.1).";
    String json =
        "{\"what\":" + quoted(what) + ",\n \"cases\":[\n" + String.join(",\n", cases) + "]}\n";
    Path file = folder().resolve("recovery-codes.json");
    if (Boolean.getBoolean("vectors.update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, json);
    }
    assertEquals(Files.readString(file), json, "run with -Dvectors.update=true if that is meant");
  }

  private static Path folder() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    return at.resolve("web").resolve("vectors");
  }
}
