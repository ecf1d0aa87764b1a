package dev.coffer.analysis.timing;

import java.util.ArrayList;
import java.util.List;

/** What was timed and what came of it, printed as it comes. */
final class Verdict {
  private final List<String> wrong = new ArrayList<>();
  private int judged;
  private int planted;

  /**
   * Two classes that must take the same time.
   *
   * @param last whether a difference counts; else it is measured again, since a machine with other
   *     work on it shows one in a hundred
   * @return whether none was found
   */
  boolean equal(String name, long[] first, long[] second, boolean last) {
    double t = Welch.largest(first, second);
    boolean found = t > Welch.SUSPICIOUS;
    print(name, t, first.length, found ? last ? "DIFFERENT" : "measured again" : "no difference");
    if (!found || last) {
      judged++;
    }
    if (found && last) {
      wrong.add(name);
    }
    return !found;
  }

  /** Two classes between which a difference was planted. */
  void leak(String name, long[] first, long[] second) {
    double t = Welch.largest(first, second);
    boolean found = t > Welch.SUSPICIOUS;
    print(name, t, first.length, found ? "found, as it must be" : "NOT FOUND");
    planted++;
    if (!found) {
      wrong.add(name);
    }
  }

  /** Two classes that may differ, for the record; always true. */
  boolean shown(String name, long[] first, long[] second) {
    print(name, Welch.largest(first, second), first.length, "not judged");
    return true;
  }

  private static void print(String name, double t, int measurements, String words) {
    System.out.printf("%-52s |t| = %9.2f over 2 × %,6d   %s%n", name, t, measurements, words);
  }

  /** 0 if everything is as it must be, else 1. */
  int status() {
    return wrong.isEmpty() && judged > 0 && planted > 0 ? 0 : 1;
  }

  String words() {
    return wrong.isEmpty()
        ? "%d experiments show no difference, %d planted leaks were found."
            .formatted(judged, planted)
        : "NOT as it must be: " + String.join("; ", wrong);
  }
}
