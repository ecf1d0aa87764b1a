package dev.coffer.verification.rules;

import com.sun.source.tree.MethodTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document of claims: tables whose last column names, for each claim, the tests that would fail
 * if it were false, as {@code Class} or {@code Class#method}, or says that there is none.
 */
final class ClaimRules {
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*Test)(?:#(\\w+))?`");
  private static final Set<String> ANNOTATIONS =
      Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory");

  private ClaimRules() {}

  /** The test methods of each test class, by its simple name; of two of one name all of both. */
  static Map<String, Set<String>> tests(List<JavaSource> sources) {
    Map<String, Set<String>> tests = new TreeMap<>();
    for (JavaSource source : sources) {
      String name = source.file().replaceFirst(".*/", "").replaceFirst("\\.java$", "");
      if (source.isTest() && name.endsWith("Test")) {
        Set<String> methods = tests.computeIfAbsent(name, unused -> new HashSet<>());
        new TreeScanner<Void, Void>() {
          @Override
          public Void visitMethod(MethodTree method, Void unused) {
            boolean test =
                method.getModifiers().getAnnotations().stream()
                    .anyMatch(a -> ANNOTATIONS.contains(a.getAnnotationType().toString()));
            if (test) {
              methods.add(method.getName().toString());
            }
            return super.visitMethod(method, null);
          }
        }.scan(source.unit(), null);
      }
    }
    return tests;
  }

  /** What is wrong with the claims in {@code text}. */
  static List<Violation> check(String file, String text, Map<String, Set<String>> tests) {
    List<Violation> found = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher named = TEST.matcher(line);
      while (named.find()) {
        Set<String> methods = tests.get(named.group(1));
        if (methods == null || named.group(2) != null && !methods.contains(named.group(2))) {
          found.add(new Violation(file, i + 1L, "A test that is named exists.", named.group()));
        }
      }
      boolean heads = i + 1 < lines.size() && lines.get(i + 1).startsWith("|---");
      if (line.startsWith("| ") && !heads && !answered(line)) {
        String rule = "A claim names its test, or says that there is no test.";
        found.add(new Violation(file, i + 1L, rule, line));
      }
    }
    return found;
  }

  private static boolean answered(String row) {
    String[] cells = row.split("(?<!\\\\)\\|");
    String last = cells[cells.length - 1];
    return cells.length > 2 && (TEST.matcher(last).find() || last.contains("no test"));
  }
}
