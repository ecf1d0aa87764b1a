package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Patterns of paths below the backed-up directory: {@code * ? [a-z] {a,b}}, and {@code **} for any
 * number of directories; without a slash, a name in any directory. A pattern that fits a directory
 * fits what is in it.
 *
 * <p>They work on the text of a path, never on a {@link java.nio.file.Path}: not every locale has
 * one for every name.
 */
final class PathPatterns {
  private final String glob;
  private final StringBuilder expression = new StringBuilder();
  private boolean inGroup;
  private int at;

  private PathPatterns(String glob) {
    this.glob = glob;
  }

  /** Whether one of {@code patterns} fits a path, told as {@code coffer ls} does. */
  static Predicate<String> any(List<String> patterns) throws Failure {
    List<Pattern> expressions = new ArrayList<>();
    for (String pattern : patterns) {
      String trimmed = pattern.endsWith("/") ? pattern.substring(0, pattern.length() - 1) : pattern;
      try {
        String anywhere = trimmed.contains("/") ? "" : "(?:.*/)?";
        String expression = anywhere + new PathPatterns(trimmed).translated();
        expressions.add(Pattern.compile(expression, Pattern.DOTALL));
      } catch (PatternSyntaxException e) {
        throw new Failure(
            ExitCode.USAGE, "This is no pattern of paths.", "Write names with * ? [a-z] and **.");
      }
    }
    return path -> fits(expressions, path);
  }

  private static boolean fits(List<Pattern> expressions, String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      String part = path.substring(0, end);
      if (expressions.stream().anyMatch(expression -> expression.matcher(part).matches())) {
        return true;
      }
    }
    return false;
  }

  /** The glob as a regular expression. */
  private String translated() {
    while (at < glob.length()) {
      char c = glob.charAt(at++);
      switch (c) {
        case '*' -> {
          boolean across = glob.startsWith("*", at);
          at += across ? 1 : 0;
          expression.append(across ? ".*" : "[^/]*");
        }
        case '?' -> expression.append("[^/]");
        case '[' -> characters();
        case '{' -> group(!inGroup, "(?:");
        case '}' -> {
          if (inGroup) {
            group(false, ")");
          } else {
            literal(c);
          }
        }
        case ',' -> {
          if (inGroup) {
            expression.append('|');
          } else {
            literal(c);
          }
        }
        case '\\' -> {
          require(at < glob.length());
          literal(glob.charAt(at++));
        }
        default -> literal(c);
      }
    }
    require(!inGroup);
    return expression.toString();
  }

  private void group(boolean opens, String bracket) {
    require(opens != inGroup);
    inGroup = opens;
    expression.append(bracket);
  }

  /** One of the characters up to the bracket, or none of them after an exclamation mark. */
  private void characters() {
    boolean none = glob.startsWith("!", at);
    at += none ? 1 : 0;
    int first = at;
    int end = glob.indexOf(']', at);
    require(end > at && glob.substring(at, end).indexOf('/') < 0);
    expression.append("[[^/]&&[").append(none ? "^" : "");
    for (; at < end; at++) {
      char c = glob.charAt(at);
      if (c == '-' && at > first && at < end - 1) {
        expression.append('-');
      } else {
        literal(c);
      }
    }
    expression.append("]]");
    at = end + 1;
  }

  private void literal(char c) {
    if (c < 0x80 && !Character.isLetterOrDigit(c)) {
      expression.append('\\');
    }
    expression.append(c);
  }

  private void require(boolean sound) {
    if (!sound) {
      throw new PatternSyntaxException("no pattern of paths", glob, at);
    }
  }
}
