package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads every source file of the repository and applies the rules of the house. */
@Tag("long")
class TidyTest {
  private static final int FILE_LINES_MAX = 500;
  private static final int COLUMNS_MAX = 120;

  /**
   * How much a reviewer of the trusted core has to read, comments included: where it grows past
   * this, stop and think. Blank lines, imports and package declarations are not counted.
   */
  private static final long CORE_LINES_MAX = 2_500;

  private static final String PORTS = "verification/src/test/resources/rules/ports.txt";

  @Test
  void javaSourcesKeepTheRules() {
    List<Violation> found = new ArrayList<>();
    Ports ports = new Ports(PORTS, Repository.text(PORTS).orElseThrow());
    Map<String, String> texts = new TreeMap<>();
    for (String file : Repository.files("", ".java")) {
      texts.put(file, Repository.text(file).orElseThrow());
    }
    List<JavaSource> sources = JavaSource.parse(texts);
    assertEquals(texts.size(), sources.size(), "every file was parsed");
    for (JavaSource source : sources) {
      found.addAll(SourceRules.check(source, ports));
      found.addAll(
          SourceRules.checkText(source.file(), source.text(), FILE_LINES_MAX, COLUMNS_MAX));
    }
    found.addAll(ports.faults());
    Violation.assertNone(found);
  }

  /** No parser of Kotlin is here: of its structure the compiler alone judges, by warnings. */
  @Test
  void kotlinSourcesKeepTheRulesOfText() {
    List<Violation> found = new ArrayList<>();
    for (String file : Repository.files("", ".kt")) {
      String text = Repository.text(file).orElseThrow();
      found.addAll(SourceRules.checkText(file, text, FILE_LINES_MAX, COLUMNS_MAX));
      for (String call : SourceRules.AMBIENT) {
        if (file.contains("/src/main/") && text.contains(call.replace(".new", "("))) {
          found.add(new Violation(file, 0, "Time, chance and waiting are arguments.", call));
        }
      }
    }
    Violation.assertNone(found);
  }

  @Test
  void scriptsAndBuildFilesKeepTheRules() {
    List<Violation> found = new ArrayList<>();
    for (String file : Repository.files()) {
      boolean script =
          file.endsWith(".sh")
              || file.endsWith(".ts")
              || file.endsWith("pom.xml")
              || file.equals("mvnw")
              || file.equals("coffer")
              || file.startsWith(".ci/")
              || file.startsWith(".mvn/");
      if (script) {
        // Not the pinned digest and the compiler's flags, which cannot be broken into lines.
        String text = Repository.text(file).orElseThrow();
        found.addAll(SourceRules.checkText(file, text, FILE_LINES_MAX, 1_000));
      }
    }
    Violation.assertNone(found);
  }

  @Test
  void trustedCoreStaysSmall() {
    long lines = 0;
    for (String file : Repository.files("hsm/src/main/java/", ".java")) {
      lines +=
          Repository.text(file)
              .orElseThrow()
              .lines()
              .filter(line -> !line.matches("\\s*|import .*|package .*"))
              .count();
    }
    if (lines > CORE_LINES_MAX) {
      String rule = "The trusted core has at most " + CORE_LINES_MAX + " lines, comments included.";
      Violation.assertNone(List.of(new Violation("hsm/src/main/java", 0, rule, lines + " lines")));
    }
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    TreeMap<String, Boolean> described = new TreeMap<>();
    for (String file : Repository.files("", ".java")) {
      if (file.contains("/src/main/java/") && !file.endsWith("/module-info.java")) {
        String folder = file.substring(0, file.lastIndexOf('/'));
        described.merge(folder, file.endsWith("/package-info.java"), Boolean::logicalOr);
      }
    }
    List<Violation> found = new ArrayList<>();
    described.forEach((folder, yes) -> {
      if (!yes) {
        String rule = "Each package has a package-info.java: purpose, dependencies, start.";
        found.add(new Violation(folder, 0, rule, "none"));
      }
    });
    Violation.assertNone(found);
  }

  @Test
  void packagesAreNamedAfterTheirModule() {
    List<Violation> found = new ArrayList<>();
    for (String module : Repository.modules()) {
      String root = module + "/src/main/java/";
      for (String file : Repository.files(root, ".java")) {
        String packages = root + "dev/coffer/" + module.replace('-', '/') + "/";
        boolean another =
            Repository.PRODUCTION.stream()
                .filter(other -> other.startsWith(module + "-"))
                .anyMatch(other -> file.startsWith(root + "dev/coffer/" + other.replace('-', '/')));
        if ((another || !file.startsWith(packages)) && !file.equals(root + "module-info.java")) {
          String rule = "Module " + module + " holds packages of its own name only.";
          found.add(new Violation(file, 0, rule, "another package"));
        }
      }
    }
    Violation.assertNone(found);
  }
}
