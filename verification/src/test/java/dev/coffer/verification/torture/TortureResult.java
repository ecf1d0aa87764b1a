package dev.coffer.verification.torture;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What a run came to.
 *
 * @param injected faults by kind
 * @param entries certified
 * @param endedByThemselves nodes that ended without having been ended
 * @param failOver milliseconds from killing the leader to the first answer
 * @param checkups what the disks of killed nodes held
 * @param troubles why the fleet was not as it should be, without a promise broken
 */
record TortureResult(
    Torture.Plan plan,
    long seconds,
    Map<FaultKind, Integer> injected,
    Audit.Result audit,
    long entries,
    int endedByThemselves,
    Histogram failOver,
    Checkups checkups,
    List<String> troubles) {
  /** 99 of 100 fail-overs take no longer. */
  private static final long FAIL_OVER_MILLIS = 1_000;

  private static final int[] BOUNDS = {
    200, 300, 400, 500, 600, 800, 1_000, 1_500, 2_000, 5_000, 60_000
  };

  TortureResult {
    injected = injected.isEmpty() ? Map.of() : new EnumMap<>(injected);
    troubles = List.copyOf(troubles);
  }

  /** Whether every promise was kept, and the fleet always came back, in time where measured. */
  boolean kept() {
    return audit.broken().isEmpty()
        && audit.undecided() == 0
        && troubles.isEmpty()
        && checkups.faults().isEmpty()
        && !failedOverLate();
  }

  private boolean failedOverLate() {
    return failOver.getValueAtPercentile(99) > FAIL_OVER_MILLIS;
  }

  private int faults() {
    return injected.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("seed " + plan.seed() + ", " + seconds + " s, " + faults() + " faults:");
    injected.forEach((kind, count) -> lines.add("  %-30s %d".formatted(kind.words(), count)));
    lines.add(
        audit.calls()
            + " calls on "
            + audit.accounts()
            + " accounts in "
            + entries
            + " certified entries; "
            + audit.unknown()
            + " calls given up");
    lines.add(
        "at the end "
            + audit.active()
            + " accounts registered, "
            + audit.recovered()
            + " of them opened with their code; "
            + audit.exhausted()
            + " exhausted, "
            + audit.gone()
            + " deleted or never registered");
    lines.add("nodes that ended by themselves and were started again: " + endedByThemselves);
    lines.addAll(checkups.lines());
    if (failOver.getTotalCount() > 0) {
      lines.add(
          "fail-over, %d rounds: p50 %d ms, p90 %d ms, p99 %d ms, max %d ms"
              .formatted(
                  failOver.getTotalCount(),
                  failOver.getValueAtPercentile(50),
                  failOver.getValueAtPercentile(90),
                  failOver.getValueAtPercentile(99),
                  failOver.getMaxValue()));
      long from = 0;
      for (int bound : BOUNDS) {
        long count =
            from > failOver.getMaxValue() ? 0 : failOver.getCountBetweenValues(from, bound);
        lines.add("  up to %5d ms %4d %s".formatted(bound, count, "#".repeat((int) count)));
        from = bound + 1L;
      }
    }
    if (failedOverLate()) {
      lines.add("LATE: 99 of 100 fail-overs are to take " + FAIL_OVER_MILLIS + " ms at most");
    }
    troubles.forEach(trouble -> lines.add("TROUBLE: " + trouble));
    checkups.faults().forEach(fault -> lines.add("DAMAGED: " + fault));
    audit.broken().forEach(broken -> lines.add("BROKEN: " + broken));
    if (audit.undecided() > 0) {
      lines.add("UNDECIDED: " + audit.undecided() + " histories have too many possibilities");
    }
    lines.add(kept() ? "All promises were kept." : "Promises were NOT kept; see above.");
    return lines;
  }

  /** For machines, one line. */
  String json() {
    String faults =
        injected.entrySet().stream()
            .map(e -> "\"" + e.getKey().words() + "\":" + e.getValue())
            .collect(Collectors.joining(","));
    String stages =
        checkups.reached().entrySet().stream()
            .map(e ->
                "\"%s\":%d"
                    .formatted(
                        e.getKey().name().toLowerCase(Locale.ROOT).replace('_', '-'), e.getValue()))
            .collect(Collectors.joining(","));
    return ("{\"seed\":%d,\"seconds\":%d,\"kept\":%b,\"faults\":{%s},\"calls\":%d,\"unknown\":%d,"
            + "\"accounts\":%d,\"recovered\":%d,\"active\":%d,\"exhausted\":%d,\"entries\":%d,"
            + "\"checkups\":%d,\"damaged\":%d,\"stages\":{%s},"
            + "\"broken\":%d,\"undecided\":%d,\"troubles\":%d,\"failOverRounds\":%d,"
            + "\"failOverMillis\":{\"p50\":%d,\"p90\":%d,\"p99\":%d,\"max\":%d}}")
        .formatted(
            plan.seed(),
            seconds,
            kept(),
            faults,
            audit.calls(),
            audit.unknown(),
            audit.accounts(),
            audit.recovered(),
            audit.active(),
            audit.exhausted(),
            entries,
            checkups.done(),
            checkups.faults().size(),
            stages,
            audit.broken().size(),
            audit.undecided(),
            troubles.size(),
            failOver.getTotalCount(),
            failOver.getValueAtPercentile(50),
            failOver.getValueAtPercentile(90),
            failOver.getValueAtPercentile(99),
            failOver.getMaxValue());
  }
}
