package dev.coffer.verification.rules;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What documents and comments may not claim, and what may stand in no file of the repository. */
final class ProseRules {
  static final int PROMISES = 10;

  /** Columns of a line of prose. The row of a table cannot be broken, and may be wider. */
  static final int COLUMNS_MAX = 160;

  private static final Pattern PROMISE = Pattern.compile("\\bINV-(\\d+)\\b");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");

  /**
   * A path as prose writes it: letters, digits and a few marks, with at least one slash or a known
   * ending.
   */
  private static final Pattern PATH = Pattern.compile("\\.?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/?");

  // The patterns are written in pieces so that this file does not break its own rule.
  private static final Pattern MACHINE =
      Pattern.compile(
          "(?<![\\w.])/(wo" + "rk|ro" + "ot|ho" + "me/[a-z]+|Us" + "ers/[a-z]+)/[\\w.]");
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?i)\\b(repo1?\\.ma"
              + "ven|central\\.son"
              + "atype|registry\\.np"
              + "mjs|registry\\.ya"
              + "rn|deb\\.deb"
              + "ian|archive\\.apa"
              + "che|dlcdn\\.apa"
              + "che|downloads?\\.apa"
              + "che|pypi\\.o"
              + "rg|crates\\.i"
              + "o\\b|proxy\\.gol"
              + "ang|services\\.gra"
              + "dle|plugins\\.gra"
              + "dle)|/releases/down"
              + "load/");

  private static final Pattern CONFLICT = Pattern.compile("^(<{7}|>{7}|\\|{7})( |$)");

  private ProseRules() {}

  /** Rules for every text file. */
  static List<Violation> checkAnyText(String file, String text) {
    List<Violation> found = new ArrayList<>();
    eachLine(
        text,
        (line, number) -> {
          Matcher promise = PROMISE.matcher(line);
          while (promise.find()) {
            int cited = Integer.parseInt(promise.group(1));
            if (cited < 1 || cited > PROMISES) {
              String rule = "The promises are INV-1 to INV-" + PROMISES + ".";
              found.add(new Violation(file, number, rule, promise.group()));
            }
          }
          report(
              found, file, number, CONFLICT.matcher(line), "A merge is finished before it lands.");
          report(found, file, number, MACHINE.matcher(line), "No path of a machine in any file.");
          report(
              found,
              file,
              number,
              REGISTRY.matcher(line),
              "No registry's host and no download address in any file: name coordinates.");
        });
    return found;
  }

  /**
   * Rules for documents.
   *
   * @param exists whether a path relative to the repository's root exists
   * @param topLevel names of the files and folders in the root
   */
  static List<Violation> checkDocument(
      String file, String text, Predicate<String> exists, List<String> topLevel) {
    List<Violation> found = new ArrayList<>();
    Path folder = Path.of(file).getParent();
    eachLine(
        text,
        (line, number) -> {
          Matcher link = LINK.matcher(line);
          while (link.find()) {
            String target = link.group(1).replaceFirst("#.*", "");
            if (!target.isEmpty() && !target.matches("[a-z]+:.*")) {
              Path path = folder == null ? Path.of(target) : folder.resolve(target);
              if (!exists.test(path.normalize().toString())) {
                found.add(new Violation(file, number, "A link leads to a file.", link.group(1)));
              }
            }
          }
          Matcher code = CODE.matcher(line);
          while (code.find()) {
            for (String word : code.group(1).split("\\s+")) {
              if (isRepositoryPath(word, topLevel)
                  && !exists.test(word.replaceFirst("^\\./", ""))) {
                found.add(new Violation(file, number, "A path that is cited exists.", word));
              }
            }
          }
        });
    return found;
  }

  /** Lines that do not fit a window, but for rows of tables. */
  static List<Violation> checkWidth(String file, String text) {
    List<Violation> found = new ArrayList<>();
    eachLine(
        text,
        (line, number) -> {
          int width = line.codePointCount(0, line.length());
          if (width > COLUMNS_MAX && !line.startsWith("|")) {
            String rule = "A line of prose has at most " + COLUMNS_MAX + " columns.";
            found.add(new Violation(file, number, rule, width + " columns"));
          }
        });
    return found;
  }

  /** Does prose mean a path of this repository by this word? Results of the build are not in it. */
  static boolean isRepositoryPath(String word, List<String> topLevel) {
    String path = word.startsWith("./") ? word.substring(2) : word;
    if (!PATH.matcher(path).matches() || path.contains("/target/") || path.endsWith("/target")) {
      return false;
    }
    boolean document = path.endsWith(".md") && !path.contains("NNNN");
    boolean below = path.contains("/") && topLevel.contains(path.substring(0, path.indexOf('/')));
    return document || below || word.startsWith("./") && path.matches("[a-z]+");
  }

  static boolean exists(String path) {
    return Files.exists(Repository.root().resolve(path));
  }

  private interface LineVisitor {
    void visit(String line, long number);
  }

  private static void eachLine(String text, LineVisitor visitor) {
    long number = 0;
    for (String line : text.lines().toList()) {
      number++;
      visitor.visit(line, number);
    }
  }

  private static void report(
      List<Violation> found, String file, long number, Matcher matcher, String rule) {
    while (matcher.find()) {
      found.add(new Violation(file, number, rule, matcher.group()));
    }
  }
}
