package dev.coffer.verification.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What documents and comments cite is there: the page, its section by number or by heading, its
 * rule by number, the decision; and an RFC is written so that a search finds it.
 */
final class CitationRules {
  private static final String NUMBER = "\\d+(?:\\.\\d+)*";

  /** One number, or several with commas, "and" or a dash between. */
  private static final String NUMBERS =
      "(" + NUMBER + "(?:(?:, | and |–)§?" + NUMBER + "(?![\\w]))*)";

  private static final Pattern PAGE = Pattern.compile("(?<![\\w/.-])([A-Za-z0-9_./-]+\\.md)\\b");
  private static final Pattern SECTION =
      Pattern.compile(PAGE.pattern() + "\\)?(?:'s)?,? §§? ?" + NUMBERS);
  private static final Pattern RULE = Pattern.compile(PAGE.pattern() + "\\)?,? rules? " + NUMBERS);
  private static final Pattern TITLE = Pattern.compile(PAGE.pattern() + "\\)?, \"([^\"]+)\"");

  /** A section of something else, which is not to be looked for here. */
  private static final Pattern FOREIGN =
      Pattern.compile("(?:RFC \\d{1,4}|Raft|\\.md\\)?(?:'s)?),? §§? ?" + NUMBERS);

  private static final Pattern OWN = Pattern.compile("§§? ?" + NUMBERS);
  private static final Pattern DECISION =
      Pattern.compile("(?:\\bdecisions? |docs/decisions/)(\\d{1,6})\\b");
  private static final Pattern RFC = Pattern.compile("\\bRFC(?:[-_]?| +)0*(\\d+)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern NUMBERED = Pattern.compile("(?m)^#+ (" + NUMBER + ")\\.? ");
  private static final Pattern NUMBERED_RULE = Pattern.compile("(?m)^\\*\\*Rule (\\d+)\\.");

  /** The names of the pages that once stood beside the repository and never in it. */
  private static final Pattern ELSEWHERE =
      Pattern.compile(
          "\\b[1-8]-(sys"
              + "tem|pro"
              + "tocol|trans"
              + "parency|st"
              + "yle|lib"
              + "raries|rep"
              + "lication|w"
              + "eb|si"
              + "tes)\\b");

  private CitationRules() {}

  /**
   * The breaches of one text.
   *
   * @param texts the documents by every name that a citation may use: path and bare file name
   * @param decisions the numbers of decisions, four digits each
   */
  static List<Violation> check(
      String file, String text, Map<String, String> texts, Set<String> decisions) {
    Flat flat = Flat.of(file, text);
    Function<String, String> page =
        name -> texts.getOrDefault(name, texts.getOrDefault(beside(file, name), ""));
    List<Violation> found = new ArrayList<>();
    flat.each(ELSEWHERE, m -> found.add(flat.broken(m, "A page that is cited is here.")));
    flat.each(
        PAGE,
        m -> {
          if (page.apply(m.group(1)).isEmpty() && !m.group(1).contains("NNNN")) {
            found.add(flat.broken(m, "A page that is cited is here."));
          }
        });
    flat.each(
        SECTION, m -> missing(flat, m, 2, all(NUMBERED, page.apply(m.group(1))), "section", found));
    flat.each(
        RULE, m -> missing(flat, m, 2, all(NUMBERED_RULE, page.apply(m.group(1))), "rule", found));
    flat.each(
        TITLE,
        m -> {
          if (!all(HEADING, page.apply(m.group(1))).contains(m.group(2))) {
            found.add(flat.broken(m, "A heading that is cited stands in that page."));
          }
        });
    if (file.endsWith(".md") && !all(NUMBERED, text).isEmpty()) {
      Flat own = flat.without(FOREIGN);
      own.each(OWN, m -> missing(own, m, 1, all(NUMBERED, text), "section", found));
    }
    flat.each(
        DECISION,
        m -> {
          if (!decisions.contains(m.group(1))) {
            found.add(flat.broken(m, "A decision that is cited is in docs/decisions."));
          }
        });
    flat.each(
        RFC,
        m -> {
          if (!m.group().equals("RFC " + m.group(1)) || m.group(1).length() > 4) {
            found.add(flat.broken(m, "Write an RFC as RFC 9497."));
          }
        });
    return found;
  }

  private static String beside(String file, String name) {
    String folder = file.contains("/") ? file.substring(0, file.lastIndexOf('/') + 1) : "";
    return java.nio.file.Path.of(folder + name).normalize().toString();
  }

  private static void missing(
      Flat flat, Matcher m, int group, Set<String> there, String what, List<Violation> found) {
    for (String number : m.group(group).split("[^\\d.]+")) {
      if (!there.contains(number)) {
        found.add(flat.broken(m, "A " + what + " that is cited stands in that page."));
      }
    }
  }

  private static Set<String> all(Pattern pattern, String text) {
    Set<String> all = new TreeSet<>();
    Matcher m = pattern.matcher(text);
    while (m.find()) {
      all.add(m.group(1));
    }
    return all;
  }

  /**
   * Prose without its line breaks, so that a citation may be broken; of Java its comments alone.
   */
  private record Flat(String file, String text, List<Integer> starts, List<Integer> lines) {
    private static final Pattern COMMENT = Pattern.compile("^\\s*(?:/\\*+|\\*|//)(.*)$|//(.*)$");

    static Flat of(String file, String text) {
      StringBuilder flat = new StringBuilder();
      List<Integer> starts = new ArrayList<>();
      List<Integer> lines = new ArrayList<>();
      List<String> all = text.lines().toList();
      for (int i = 0; i < all.size(); i++) {
        String line = all.get(i);
        if (file.endsWith(".java")) {
          Matcher comment = COMMENT.matcher(line);
          if (!comment.find()) {
            flat.append("\n");
            continue;
          }
          line = comment.group(1) != null ? comment.group(1) : comment.group(2);
        }
        starts.add(flat.length());
        lines.add(i + 1);
        flat.append(line.strip()).append(line.isBlank() ? "\n" : " ");
      }
      return new Flat(file, flat.toString(), starts, lines);
    }

    /** The same with blanks in place of what matches. */
    Flat without(Pattern pattern) {
      String rest = pattern.matcher(text).replaceAll(m -> " ".repeat(m.group().length()));
      return new Flat(file, rest, starts, lines);
    }

    void each(Pattern pattern, java.util.function.Consumer<Matcher> action) {
      Matcher m = pattern.matcher(text);
      while (m.find()) {
        action.accept(m);
      }
    }

    Violation broken(Matcher m, String rule) {
      int line = 0;
      for (int i = 0; i < starts.size() && starts.get(i) <= m.start(); i++) {
        line = lines.get(i);
      }
      return new Violation(file, line, rule, m.group());
    }
  }
}
