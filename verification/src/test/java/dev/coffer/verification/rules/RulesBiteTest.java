package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A rule that cannot fail protects nothing: each is shown one breach and one thing it permits. */
@Tag("long")
class RulesBiteTest {
  private static final String MAIN = "hsm/src/main/java/dev/coffer/hsm/X.java";
  private static final String TEST = "hsm/src/test/java/dev/coffer/hsm/XTest.java";

  private static List<Violation> check(String file, String text) {
    return SourceRules.check(JavaSource.parse(file, text), new Ports("ports", ""));
  }

  private static void bites(String file, String text, long line, String found) {
    List<Violation> violations = check(file, text);
    assertEquals(1, violations.size(), violations.toString());
    assertEquals(line, violations.getFirst().line());
    assertTrue(violations.getFirst().found().contains(found), violations.toString());
  }

  @Test
  void longFunction() {
    String body = "    int a = 0;\n".repeat(SourceRules.FUNCTION_LINES_MAX - 2);
    assertEquals(List.of(), check(MAIN, "class X {\n  void f() {\n" + body + "  }\n}\n"));
    bites(MAIN, "class X {\n  void f() {\n" + body + "int b;\n  }\n}\n", 2, "f has 71");
  }

  @Test
  void vagueNames() {
    bites(MAIN, "class KeyManager {}", 1, "KeyManager");
    bites(MAIN, "class X {\n  record ByteUtils(int a) {}\n}", 2, "ByteUtils");
    bites(MAIN, "enum StoreImpl { A }", 1, "StoreImpl");
    assertEquals(List.of(), check(MAIN, "class Implicit { class Utility {} }"));
  }

  @Test
  void secretInARecord() {
    bites(MAIN, "record X(int a, SecretBytes key) {}", 1, "key");
    bites(MAIN, "record X(java.util.List<SecretBytes> keys) {}", 1, "keys");
    assertEquals(List.of(), check(MAIN, "final class X { private SecretBytes key; }"));
  }

  @Test
  void assertStatement() {
    bites(MAIN, "class X { void f(int a) {\n assert a > 0;\n } }", 2, "assert");
  }

  @Test
  void disabledTest() {
    bites(TEST, "class XTest {\n  @Disabled(\"later\") void f() {} }", 2, "Disabled");
    bites(TEST, "@org.junit.jupiter.api.Disabled class XTest {}", 1, "Disabled");
  }

  @Test
  void mocks() {
    bites(TEST, "import static org.mockito.Mockito.mock;\nclass XTest {}", 1, "mockito");
  }

  @Test
  void ambientTimeAndChance() {
    bites(MAIN, "class X { long t = System.currentTimeMillis(); }", 1, "currentTimeMillis");
    bites(MAIN, "class X { Object t = java.time.Instant.now(); }", 1, "Instant.now");
    bites(MAIN, "class X { Object r = new java.security.SecureRandom(); }", 1, "SecureRandom.new");
    bites(MAIN, "class X { Runnable r = SecureRandom::new; }", 1, "SecureRandom.new");
    bites(MAIN, "class X { S t = System::nanoTime; }", 1, "nanoTime");
    bites(TEST, "class XTest { void f() throws Exception { Thread.sleep(1); } }", 1, "sleep");
    bites(TEST, "class X { void f() throws Exception { TimeUnit.SECONDS.sleep(1); } }", 1, "sleep");
    bites(MAIN, "class X { void f() throws Exception { MILLISECONDS.sleep(1); } }", 1, "sleep");
    assertEquals(List.of(), check(TEST, "class XTest { long t = System.nanoTime(); }"));
    assertEquals(List.of(), check(MAIN, "class X { Object a(Clock c) { return c.instant(); } }"));
  }

  @Test
  void portsAreAllowedAndMustBeUsed() {
    JavaSource clock = JavaSource.parse(MAIN, "class X { long t = System.nanoTime(); }");
    Ports ports = new Ports("ports", "# a comment\n" + MAIN + " System.nanoTime the clock\n");
    assertEquals(1, ports.faults().size(), "unused so far");
    assertEquals(List.of(), SourceRules.check(clock, ports));
    assertEquals(List.of(), ports.faults());
    assertEquals(1, new Ports("ports", MAIN + " System.nanoTime").faults().size(), "no reason");
    assertEquals(1, new Ports("ports", MAIN + " System.exit because").faults().size());
  }

  @Test
  void textSizeWidthAndMarks() {
    assertEquals(List.of(), SourceRules.checkText(MAIN, "a\n".repeat(5), 5, 10));
    assertEquals(1, SourceRules.checkText(MAIN, "a\n".repeat(6), 5, 10).size());
    assertEquals(List.of(), SourceRules.checkText(MAIN, "0123456789", 5, 10));
    assertEquals(1, SourceRules.checkText(MAIN, "0123456789a", 5, 10).size());
    assertEquals(2, SourceRules.checkText(MAIN, "x\n// FIX" + "ME y", 5, 20).getFirst().line());
  }

  @Test
  void arrows() {
    assertEquals(Optional.empty(), Arrows.objection("hsm", "dev.coffer.protocol.codec"));
    assertEquals(Optional.empty(), Arrows.objection("hsm", "java.util"));
    assertEquals(Optional.of("dev.coffer.node"), Arrows.objection("hsm", "dev.coffer.node.x"));
    assertEquals(Optional.of("java.logging"), Arrows.objection("hsm", "java.util.logging"));
    assertEquals(Optional.of("org.jspecify"), Arrows.objection("hsm", "org.jspecify"));
    assertEquals(Optional.of("java.net.http"), Arrows.objection("client", "java.net.http"));
    assertEquals(Optional.of("dev.coffer.hsm"), Arrows.objection("protocol", "dev.coffer.hsm"));
    for (String module : List.of("client", "backup", "node", "cli", "notary", "transparency")) {
      assertEquals(Optional.of("dev.coffer.hsm"), Arrows.objection(module, "dev.coffer.hsm.a"));
    }
    for (String module : List.of("protocol", "hsm", "client", "node", "cli")) {
      assertEquals(
          Optional.of("dev.coffer.hsm-simulated"),
          Arrows.objection(module, "dev.coffer.hsm.simulated"));
    }
    assertEquals(Optional.empty(), Arrows.objection("hsm-simulated", "dev.coffer.hsm.platform"));
    assertEquals(
        Optional.of("dev.coffer.hsm-tpm"), Arrows.objection("hsm-pkcs11", "dev.coffer.hsm.tpm"));
    assertEquals(Optional.empty(), Arrows.objection("node", "org.apache.ratis.server"));
    assertEquals(Optional.of("org.apache.ratis2"), Arrows.objection("node", "org.apache.ratis2"));
    assertTrue(Arrows.objection("nowhere", "java.lang").isPresent());
  }

  @Test
  void proseOfAnyFile() {
    assertEquals(List.of(), ProseRules.checkAnyText("a.md", "INV-1 and INV-10, /var/lib/coffer"));
    assertEquals(1, ProseRules.checkAnyText("a.java", "a\n<<<<<<" + "< HEAD\nb").size());
    assertEquals(1, ProseRules.checkAnyText("a.md", "see INV-" + "11").size());
    assertEquals(1, ProseRules.checkAnyText("a.md", "see INV-" + "0").size());
    assertEquals(1, ProseRules.checkAnyText("a.sh", "cd /wo" + "rk/main").size());
    assertEquals(1, ProseRules.checkAnyText("a.sh", "cat /ro" + "ot/.m2/x").size());
    assertEquals(1, ProseRules.checkAnyText("a.sh", "https://repo.ma" + "ven.example/x").size());
    assertEquals(1, ProseRules.checkAnyText("a.json", "registry.np" + "mjs.org").size());
  }

  @Test
  void proseOfDocuments() {
    List<String> top = List.of("hsm", "docs", "README.md", "mvnw");
    List<String> there = List.of("hsm/pom.xml", "README.md", "docs/testing.md", "mvnw");
    String good =
        "`hsm/pom.xml` [a](../README.md#x) [b](testing.md) `a/b` `POST /v1/vault` `./mvnw`";
    assertEquals(
        List.of(), ProseRules.checkDocument("docs/operations.md", good, there::contains, top));
    for (String bad :
        List.of("`hsm/nothing.xml`", "x [a](gone.md)", "`docs/gone.md`", "`GONE.md`", "`./gone`")) {
      var found = ProseRules.checkDocument("docs/operations.md", bad, there::contains, top);
      assertEquals(1, found.size(), bad);
    }
    assertEquals(
        List.of(), ProseRules.checkDocument("a.md", "`hsm/target/x`", there::contains, top));
  }

  @Test
  void citations() {
    Map<String, String> pages =
        Map.of(
            "A.md", "# A\n## 1. One\n### 1.2 Two\n### Three\n**Rule 4. Four.**", "docs/b.md", "b");
    String good =
        "A.md §1, A.md §§1 and 1.2, A.md, \"Three\", A.md rule 4, [b](b.md), decision 0001, RFC"
            + " 9497 §7, the RFCs, docs/decisions/0001";
    for (String file : List.of("docs/c.md", "docs/X.java")) {
      String prefix = file.endsWith(".md") ? "" : "// ";
      assertEquals(
          List.of(), CitationRules.check(file, prefix + good, pages, Set.of("0001")), file);
      for (String bad :
          List.of(
              "A.md §3",
              "A.md §1.3",
              "A.md §§1, 5",
              "A.md rules 4 and 5",
              "A.md, \"Four\"",
              "gone.md",
              "decision 0002",
              "docs/decisions/0003",
              "RFC9497",
              "RFC-9497",
              "RFC 94970",
              "RFC 09497",
              "2-proto" + "col §3",
              "a broken A.md\n" + prefix + "§9")) {
        assertEquals(1, CitationRules.check(file, prefix + bad, pages, Set.of("0001")).size(), bad);
      }
    }
    String own = "## 1. One\nas in §2\n## 3. Three\n§1, RFC 8032 §5, A.md §1\n";
    assertEquals(1, CitationRules.check("c.md", own, pages, Set.of()).size());
    assertEquals(List.of(), CitationRules.check("X.java", "f(\"RFC9497\");", pages, Set.of()));
  }

  @Test
  void width() {
    assertEquals(
        List.of(), ProseRules.checkWidth("a.md", "x".repeat(160) + "\n|" + "x".repeat(200)));
    assertEquals(2, ProseRules.checkWidth("a.md", "a\n" + "x".repeat(161)).getFirst().line());
  }

  @Test
  void claims() {
    String source =
        "class XTest {\n @Test void holds() {}\n void none() {}\n"
            + " @ParameterizedTest @ValueSource(ints = {1}) void each(int i) {}\n}";
    Map<String, Set<String>> tests = ClaimRules.tests(List.of(JavaSource.parse(TEST, source)));
    assertEquals(Map.of("XTest", Set.of("holds", "each")), tests);
    String head = "| claim | test |\n|---|---|\n";
    String good =
        "| a | `XTest#holds`, `XTest#each` |\n| b | `XTest` |\n| c | no test: given up |\n";
    assertEquals(List.of(), ClaimRules.check("a.md", head + good + "and `XTest` so", tests));
    for (String bad :
        List.of("| a | `XTest#none` |", "| a | `YTest` |", "| a | surely |", "| `XTest` | b |")) {
      assertEquals(1, ClaimRules.check("a.md", head + bad, tests).size(), bad);
    }
    assertEquals(1, ClaimRules.check("a.md", "see `XTest#gone`", tests).size());
  }
}
