package dev.coffer.lab.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.command.HomeOption;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.lab.bench.BenchOptions;
import dev.coffer.lab.bench.CrowdBench;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.lab.local.NodeLife;
import dev.coffer.lab.local.TemporaryFleet;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer crowd}. */
@CommandLine.Command(
    name = "crowd",
    description =
        "Measure how long honest recoveries take while somebody floods the running fleet of --home, or a temporary"
            + " fleet of five: logins, connections, scrapes. Needs Linux, and 20,000 open files.")
final class CrowdCommand extends Command {
  @Mixin private HomeOption where = new HomeOption();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "Measured beside each flood (default ${DEFAULT-VALUE}).")
  private int seconds = 20;

  @Option(
      names = "--heat",
      paramLabel = "N",
      defaultValue = "180",
      description =
          "Seconds of recoveries without a pause before all (default ${DEFAULT-VALUE}); 0 for a fleet that is warm.")
  private int heat = 180;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "10",
      description = "Before that, beside each (default ${DEFAULT-VALUE}).")
  private int warmup = 10;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "5",
      description = "Honest recoveries a second (default ${DEFAULT-VALUE}).")
  private int rate = 5;

  CrowdCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    BenchOptions options = new BenchOptions(seconds, warmup, 16, Math.max(rate, 1)).validate();
    Path home = where.home(session());
    if (LocalFleet.isIn(home)) {
      LocalFleet fleet = LocalFleet.open(home, session());
      if (fleet.running() > 0) {
        return measure(fleet, options);
      }
    }
    speech().say("Founding a temporary fleet of five SIMULATED HSMs …");
    try (TemporaryFleet temporary = TemporaryFleet.make("crowd", false)) {
      return measure(temporary.found(session(), FleetPlan.FIVE, NodeLife.TETHERED), options);
    }
  }

  private ExitCode measure(LocalFleet fleet, BenchOptions options)
      throws Failure, IOException, InterruptedException {
    CrowdBench bench = new CrowdBench(session(), fleet, options);
    if (heat > 0) {
      speech().say("Warming the fleet up for " + heat + " s …");
      bench.heat(heat);
    }
    List<CrowdBench.Row> rows = bench.run(flood -> speech().say("Measuring: " + flood + " …"));
    if (!speech().json()) {
      CrowdBench.print(rows, speech().out());
    }
    speech()
        .result(
            new JsonWriter().putAll("floods", rows.stream().map(CrowdBench.Row::json).toList()));
    return rows.stream().allMatch(row -> row.honest().failures() == 0)
        ? ExitCode.OK
        : ExitCode.FAILED;
  }
}
