package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Where a document lists what the code has, the two lists are the same. */
class ListsTest {
  private static final String PROTOCOL = "PROTOCOL.md";
  private static final String OPERATIONS = "docs/operations.md";

  /** A constant of an enum with its number: {@code NAME(1,} or {@code NAME(1)}. */
  private static final String CONSTANT = "(?m)^ +([A-Z_]+)\\(\\s*(\\d+)[,)]";

  private static String text(String file) {
    return Repository.text(file).orElseThrow();
  }

  /** The one source file of that name, wherever it stands. */
  private static String source(String name) {
    List<String> files =
        Repository.files("", "/" + name).stream().filter(f -> f.contains("/src/main/")).toList();
    assertEquals(1, files.size(), "source files called " + name + ": " + files);
    return text(files.getFirst());
  }

  /** What stands below that heading, down to the next one of its level or above. */
  private static String section(String file, String heading) {
    String text = text(file);
    int from = text.indexOf("\n" + heading);
    assertTrue(from >= 0, file + " has no heading " + heading);
    int level = heading.indexOf(' ');
    var next = Pattern.compile("\n#{1," + level + "} ").matcher(text);
    return text.substring(from, next.find(from + 1) ? next.start() : text.length());
  }

  /** What the groups of all matches say, in the order given, with a space between. */
  private static Set<String> all(String pattern, String text, int... groups) {
    Set<String> found = new TreeSet<>();
    for (MatchResult m : Pattern.compile(pattern).matcher(text).results().toList()) {
      StringBuilder one = new StringBuilder();
      for (int group : groups) {
        one.append(one.isEmpty() ? "" : " ").append(m.group(group));
      }
      found.add(one.toString());
    }
    return found;
  }

  private static void same(Collection<String> code, Collection<String> document, String where) {
    assertTrue(!code.isEmpty(), "nothing found in the code for " + where);
    assertEquals(String.join("\n", code), String.join("\n", document), where);
  }

  @Test
  void labels() {
    String code = source("Label.java");
    same(
        all("(?m)^ +[A-Z_]+\\(\"([a-z-]+)\"\\)", code, 1),
        all("`([a-z-]+)`[,.]", section(PROTOCOL, "## 16. "), 1),
        "PROTOCOL.md §16");
    Set<String> known = all("(?m)^ +([A-Z_]+)\\(\"", code, 1);
    Set<String> used = all("tuple\\(([A-Z_]{2,})", text(PROTOCOL), 1);
    used.removeAll(known);
    // The notation's own definition.
    used.remove("NAME");
    assertEquals(Set.of(), used, "labels in PROTOCOL.md that the code lacks");
  }

  @Test
  void callsOfAnHsm() {
    Set<String> code = new TreeSet<>();
    all(CONSTANT, source("HsmMethod.java"), 2, 1)
        .forEach(call -> code.add(call.toLowerCase(Locale.ROOT)));
    same(
        code,
        all("(?m)^\\| (\\d+) \\| ([a-z]+) \\|", section(PROTOCOL, "## 13. "), 1, 2),
        "PROTOCOL.md §13");
  }

  @Test
  void callsOfAPeer() {
    same(
        all(CONSTANT, source("PeerMethod.java"), 2, 1),
        all("(?m)^\\| (\\d+) \\| ([A-Z_]+)", section(PROTOCOL, "### 15.2 "), 1, 2),
        "PROTOCOL.md §15.2");
  }

  @Test
  void rejections() {
    String part = text(PROTOCOL);
    part = part.substring(part.indexOf("# Part II"), part.indexOf("## 9. "));
    same(
        all(CONSTANT, source("RejectionCode.java"), 2, 1),
        all("(\\d{3}) \\| ([A-Z_]+)", part, 1, 2),
        "PROTOCOL.md, Part II");
  }

  @Test
  void refusals() {
    String code = source("Refusal.java");
    Set<String> reasons = all("(?m)^ +([A-Z_]+)\\(\\s*(\\d+),\\s*(\\d+),", code, 2, 1, 3);
    same(
        reasons,
        all("(\\d{3}) ([A-Z_]+) \\| (\\d{3})", section(PROTOCOL, "### 15.2 "), 1, 2, 3),
        "PROTOCOL.md §15.2");
  }

  @Test
  void refusalsOverHttp() {
    Set<String> codes = all("(?m)^ +([A-Z_]+)\\(\\s*3\\d\\d,", source("Refusal.java"), 1);
    for (String file : Repository.files("node/src/main/java/", ".java")) {
      codes.addAll(all("new Problem\\(\\s*\\d+,\\s*\"([A-Z_]+)\"", text(file), 1));
    }
    String yaml = text("docs/openapi.yaml");
    String list = yaml.substring(yaml.indexOf("enum:\n            - MALFORMED"));
    same(
        codes,
        all("(?m)^ {12}- ([A-Z_]+)$", list.substring(0, list.indexOf("detail:")), 1),
        "docs/openapi.yaml");
  }

  @Test
  void pathsOverHttp() {
    Set<String> code = all("\"(/v1/[a-z]+|/[a-z]+z)\"", source("VaultServer.java"), 1);
    same(
        code,
        all("`(?:GET |POST )?(/[a-z0-9/]+)`", section(PROTOCOL, "### 8.1 "), 1),
        "PROTOCOL.md §8.1");
    code.addAll(all("\"(/metrics)\"", source("MetricsServer.java"), 1)); // a port of its own
    same(code, all("(?m)^  (/[a-z0-9/]+):$", text("docs/openapi.yaml"), 1), "docs/openapi.yaml");
  }

  @Test
  void settingsOfANode() {
    same(
        all("(?m)^ +[A-Z_]+\\(\\s*\"([a-z<>.-]+)\"", source("ConfigKey.java"), 1),
        all("(?m)^\\| `([a-z<>.-]+)` \\|", section(OPERATIONS, "### Settings of a node"), 1),
        "docs/operations.md");
  }
}
