package dev.coffer.verification.rules;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One breach of a rule.
 *
 * @param file relative to the repository's root
 * @param line from 1; 0 when the breach is of the file as a whole
 * @param rule what is asked for, and so what to do about it
 * @param found what stands there instead
 */
record Violation(String file, long line, String rule, String found) {
  @Override
  public String toString() {
    return file + ":" + line + ": " + rule + " Found: " + found;
  }

  /** Fails with one line a violation, which an editor can jump to. */
  static void assertNone(List<Violation> violations) {
    if (!violations.isEmpty()) {
      fail(
          violations.stream()
              .map(Violation::toString)
              .sorted()
              .distinct()
              .collect(Collectors.joining("\n", violations.size() + " broken rule(s):\n", "\n")));
    }
  }
}
