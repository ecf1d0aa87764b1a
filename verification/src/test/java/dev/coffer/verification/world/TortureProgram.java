package dev.coffer.verification.world;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs world after world and prints what came of them. Arguments: minutes, first seed. A seed that
 * breaks a promise is printed with the end of its story; it replays exactly with 0 minutes.
 */
public final class TortureProgram {
  private TortureProgram() {}

  public static void main(String[] args) {
    double minutes = Double.parseDouble(args[0]);
    long first = Long.parseLong(args[1]);
    PrintStream out = System.out;
    long began = System.nanoTime();
    long until = began + (long) (minutes * 60e9);
    TreeMap<String, Long> faults = new TreeMap<>();
    TreeMap<String, Long> doings = new TreeMap<>();
    TreeMap<String, Long> ends = new TreeMap<>();
    TreeMap<String, Long> guesses = new TreeMap<>();
    long seeds = 0;
    long broken = 0;
    long seed = first;
    do {
      try {
        World.Verdict verdict = new World(seed).run();
        verdict.faults().forEach((kind, count) -> faults.merge(kind(kind), count, Long::sum));
        verdict.doings().forEach((kind, count) -> doings.merge(kind, count, Long::sum));
        ends.merge(verdict.end().replaceAll("[: ].*", ""), 1L, Long::sum);
        Setting setting = verdict.setting();
        guesses.merge(verdict.mostGuesses() + " of " + setting.bound(), 1L, Long::sum);
        if (minutes == 0) {
          out.println(setting + "\n" + verdict.end() + "\ntrace " + verdict.trace().hex());
        }
      } catch (IllegalStateException e) {
        broken++;
        out.println("BROKEN by seed " + seed + ": " + e.getMessage());
      }
      seeds++;
      seed++;
    } while (System.nanoTime() < until);
    double hours = (System.nanoTime() - began) / 3600e9;
    print(out, "faults", faults);
    print(out, "done", doings);
    print(out, "most guesses evaluated in a period, and the bound", guesses);
    print(out, "ends", ends);
    out.printf(
        "%s: %d worlds from seed %d, %d broken, %.0f worlds an hour%n",
        broken == 0 ? "HELD" : "BROKEN", seeds, first, broken, seeds / hours);
    if (broken > 0) {
      System.exit(1);
    }
  }

  private static String kind(String fault) {
    return fault.replaceAll(" [0-9>]+( times slower)?$", "");
  }

  private static void print(PrintStream out, String title, Map<String, Long> counts) {
    out.println(title);
    counts.forEach((kind, count) -> out.printf("  %,12d  %s%n", count, kind));
  }
}
