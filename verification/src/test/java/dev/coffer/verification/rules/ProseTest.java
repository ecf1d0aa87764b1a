package dev.coffer.verification.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The documents tell the truth about the tree, and no file names a machine or a registry. */
@Tag("long")
class ProseTest {
  @Test
  void noFileNamesAMachineARegistryOrAPromiseThatDoesNotExist() {
    List<Violation> found = new ArrayList<>();
    for (String file : Repository.files()) {
      Repository.text(file).ifPresent(text -> found.addAll(ProseRules.checkAnyText(file, text)));
    }
    Violation.assertNone(found);
  }

  @Test
  void whatDocumentsCiteExists() throws IOException {
    List<String> topLevel;
    try (var entries = Files.list(Repository.root())) {
      topLevel = entries.map(p -> p.getFileName().toString()).toList();
    }
    // A bare name, such as ORIGIN.md, may mean the file of that name in whatever folder is spoken
    // of.
    Set<String> names =
        Repository.files().stream()
            .map(file -> file.substring(file.lastIndexOf('/') + 1))
            .collect(Collectors.toSet());
    Predicate<String> exists = path -> names.contains(path) || ProseRules.exists(path);
    List<Violation> found = new ArrayList<>();
    for (String file : Repository.files("", ".md")) {
      String text = Repository.text(file).orElseThrow();
      found.addAll(ProseRules.checkDocument(file, text, exists, topLevel));
    }
    Violation.assertNone(found);
  }

  @Test
  void everyCitationLeadsSomewhere() {
    Map<String, String> pages = new TreeMap<>();
    for (String file : Repository.files("", ".md")) {
      String text = Repository.text(file).orElseThrow();
      pages.put(file, text);
      pages.putIfAbsent(file.substring(file.lastIndexOf('/') + 1), text);
    }
    Set<String> decisions =
        Repository.files("docs/decisions/", ".md").stream()
            .map(file -> file.substring("docs/decisions/".length()).replaceFirst("-.*", ""))
            .collect(Collectors.toSet());
    List<Violation> found = new ArrayList<>();
    for (String file : Repository.files()) {
      // The test that shows the rules what is wrong has to write it.
      boolean prose = file.endsWith(".md") || file.endsWith(".java");
      if (prose && !file.endsWith("/RulesBiteTest.java")) {
        String text = Repository.text(file).orElseThrow();
        found.addAll(CitationRules.check(file, text, pages, decisions));
      }
    }
    Violation.assertNone(found);
  }

  @Test
  void proseFitsTheWindow() {
    List<Violation> found = new ArrayList<>();
    for (String file : Repository.files("", ".md")) {
      found.addAll(ProseRules.checkWidth(file, Repository.text(file).orElseThrow()));
    }
    Violation.assertNone(found);
  }

  @Test
  void everyClaimOfTheThreatModelNamesATestThatExists() {
    Map<String, String> texts = new TreeMap<>();
    for (String file : Repository.files("", "Test.java")) {
      texts.put(file, Repository.text(file).orElseThrow());
    }
    Map<String, Set<String>> tests = ClaimRules.tests(JavaSource.parse(texts));
    String file = "THREAT_MODEL.md";
    Violation.assertNone(ClaimRules.check(file, Repository.text(file).orElseThrow(), tests));
  }
}
