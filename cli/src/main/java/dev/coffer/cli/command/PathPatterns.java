package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;

/**
 * Patterns of paths below the backed-up directory: {@code * ? [a-z]}, and {@code **} for any number
 * of directories; without a slash, a name in any directory. A pattern that fits a directory fits
 * what is in it.
 */
final class PathPatterns {
  private PathPatterns() {}

  /** Whether one of {@code patterns} fits a path. */
  static Predicate<String> any(List<String> patterns) throws Failure {
    List<PathMatcher> matchers = new ArrayList<>();
    for (String pattern : patterns) {
      String trimmed = pattern.endsWith("/") ? pattern.substring(0, pattern.length() - 1) : pattern;
      try {
        matchers.add(
            FileSystems.getDefault()
                .getPathMatcher("glob:" + (trimmed.contains("/") ? trimmed : "{,**/}" + trimmed)));
      } catch (PatternSyntaxException e) {
        throw new Failure(
            ExitCode.USAGE, "This is no pattern of paths.", "Write names with * ? [a-z] and **.");
      }
    }
    return path -> fits(matchers, Path.of(path));
  }

  private static boolean fits(List<PathMatcher> matchers, Path path) {
    for (Path at = path; at != null; at = at.getParent()) {
      for (PathMatcher matcher : matchers) {
        if (matcher.matches(at)) {
          return true;
        }
      }
    }
    return false;
  }
}
