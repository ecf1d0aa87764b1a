package dev.coffer.lab.bench;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures how long honest recoveries take beside each {@link Flood}: begun by the clock, from
 * another address and with accounts of their own. Not thread-safe.
 */
public final class CrowdBench {
  private final Session session;
  private final LocalFleet fleet;
  private final BenchOptions options;

  /** One flood's row. */
  public record Row(String flood, BenchResult honest, long sent, long served) {
    private double millis(double percentile) {
      return honest.complete().getValueAtPercentile(percentile) / 1e3;
    }

    /** Of one core, over all nodes and HSMs: what a busy machine does not blur. */
    private double cpuShare() {
      return (double) honest.fleetCpu().toNanos() / honest.elapsed().toNanos();
    }

    /** For programs. */
    public JsonWriter json() {
      return new JsonWriter()
          .put("flood", flood)
          .put("recoveries", honest.recoveries())
          .put("failures", honest.failures())
          .put("p50Millis", millis(50))
          .put("p99Millis", millis(99))
          .put("maxMillis", millis(100))
          .put("fleetCores", cpuShare())
          .put("sent", sent)
          .put("served", served);
    }
  }

  /** Against a fleet that runs. */
  public CrowdBench(Session session, LocalFleet fleet, BenchOptions options) {
    this.session = session;
    this.fleet = fleet;
    this.options = options;
  }

  /** Lets 64 clients recover without a pause, so that no row measures a JVM's compiling. */
  public void heat(int seconds) throws Failure, IOException, InterruptedException {
    BenchResult unused =
        new RecoveryBench(session, fleet, new BenchOptions(1, seconds, 64, 0))
            .run(() -> {}, () -> {});
  }

  /**
   * Measures beside one flood after another.
   *
   * @param beginning told the name of each
   */
  public List<Row> run(Consumer<String> beginning)
      throws Failure, IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (Flood flood : Flood.ALL) {
      beginning.accept(flood.name());
      rows.add(beside(flood));
    }
    return rows;
  }

  private Row beside(Flood flood) throws Failure, IOException, InterruptedException {
    int seconds = options.warmup() + options.seconds();
    try (FloodProcess flooding = FloodProcess.begin(fleet, flood, seconds)) {
      BenchResult honest = new RecoveryBench(session, fleet, options).run(() -> {}, () -> {});
      FloodProcess.Counts counts = flooding.end();
      return new Row(flood.name(), honest, counts.sent(), counts.served());
    }
  }

  /** For people: each p99 also as a multiple of the larger one of the two that were quiet. */
  public static void print(List<Row> rows, PrintStream out) {
    double quiet =
        rows.stream()
            .filter(row -> row.flood().startsWith("quiet"))
            .mapToDouble(row -> row.millis(99))
            .max()
            .orElse(0);
    out.println(
        "| beside | recoveries | failed | p50 ms | p99 ms | max ms | p99 to quiet | fleet, cores | sent | served |");
    out.println("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (Row row : rows) {
      out.printf(
          Locale.ROOT,
          "| %s | %,d | %,d | %.0f | %.0f | %.0f | %.1f | %.2f | %,d | %,d |%n",
          row.flood(),
          row.honest().recoveries(),
          row.honest().failures(),
          row.millis(50),
          row.millis(99),
          row.millis(100),
          quiet == 0 ? 0 : row.millis(99) / quiet,
          row.cpuShare(),
          row.sent(),
          row.served());
    }
  }
}
