package dev.coffer.lab.bench;

import dev.coffer.protocol.json.JsonWriter;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What was measured.
 *
 * @param recoveries complete ones: two certified operations each
 * @param failures recoveries that ended otherwise
 * @param fleetCpu CPU time of all nodes and HSMs meanwhile
 * @param generatorCpu CPU time of the load generator meanwhile
 * @param requests latency of each operation in microseconds
 * @param complete latency of each recovery in microseconds; with a rate, from when it was due
 */
public record BenchResult(
    BenchOptions options,
    int nodes,
    Duration elapsed,
    long recoveries,
    long failures,
    Duration fleetCpu,
    Duration generatorCpu,
    Histogram requests,
    Histogram complete) {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};

  /** Recoveries a second. */
  public double perSecond() {
    return recoveries * 1e9 / elapsed.toNanos();
  }

  /** CPU-milliseconds a recovery over all node and HSM processes. */
  public double cpuMillis() {
    return recoveries == 0 ? 0 : fleetCpu.toNanos() / 1e6 / recoveries;
  }

  /** For people. */
  public void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%,.0f complete recoveries a second (two operations each), %d nodes with SIMULATED HSMs and the load generator"
            + " on %d cores%n",
        perSecond(),
        nodes,
        Runtime.getRuntime().availableProcessors());
    out.printf(
        Locale.ROOT,
        "%.2f CPU-milliseconds a recovery over all nodes and HSMs; %.2f in the load generator%n",
        cpuMillis(),
        recoveries == 0 ? 0 : generatorCpu.toNanos() / 1e6 / recoveries);
    out.printf(
        Locale.ROOT,
        "%,d recoveries in %.1f s after %d s of warm-up, %s, %,d failed%n%n",
        recoveries,
        elapsed.toMillis() / 1e3,
        options.warmup(),
        options.rate() > 0
            ? options.rate() + " a second begun by the clock"
            : options.clients() + " clients",
        failures);
    out.printf("%-12s%12s%12s%12s%12s%12s%n", "latency", "p50", "p90", "p99", "p99.9", "max");
    row(out, "request", requests);
    row(out, "recovery", complete);
    out.printf("%nrequests by latency%n");
    bars(out);
  }

  private static void row(PrintStream out, String name, Histogram histogram) {
    out.printf("%-12s", name);
    for (double percentile : PERCENTILES) {
      out.printf(Locale.ROOT, "%9.2f ms", histogram.getValueAtPercentile(percentile) / 1e3);
    }
    out.printf(Locale.ROOT, "%9.2f ms%n", histogram.getMaxValue() / 1e3);
  }

  private void bars(PrintStream out) {
    long total = Math.max(1, requests.getTotalCount());
    long from = 0;
    for (long to = 1_000; from <= requests.getMaxValue() && requests.getTotalCount() > 0; to *= 2) {
      long count = requests.getCountBetweenValues(from, to - 1);
      if (count > 0) {
        out.printf(
            Locale.ROOT,
            "  < %6d ms %6.2f %% %s%n",
            to / 1_000,
            100.0 * count / total,
            "#".repeat((int) (60 * count / total)));
      }
      from = to;
    }
  }

  /** For programs. */
  public JsonWriter json() {
    return new JsonWriter()
        .put("recoveriesPerSecond", perSecond())
        .put("cpuMillisPerRecovery", cpuMillis())
        .put(
            "generatorCpuMillisPerRecovery",
            recoveries == 0 ? 0 : generatorCpu.toNanos() / 1e6 / recoveries)
        .put("recoveries", recoveries)
        .put("failures", failures)
        .put("nodes", nodes)
        .put("seconds", elapsed.toMillis() / 1e3)
        .put("warmup", options.warmup())
        .put("clients", options.clients())
        .put("rate", options.rate())
        .put("requestP50Millis", requests.getValueAtPercentile(50) / 1e3)
        .put("requestP99Millis", requests.getValueAtPercentile(99) / 1e3)
        .put("requestP999Millis", requests.getValueAtPercentile(99.9) / 1e3)
        .put("requestMaxMillis", requests.getMaxValue() / 1e3)
        .put("recoveryP50Millis", complete.getValueAtPercentile(50) / 1e3)
        .put("recoveryP99Millis", complete.getValueAtPercentile(99) / 1e3);
  }
}
