package dev.coffer.lab.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.command.HomeOption;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.cli.terminal.Output;
import dev.coffer.lab.bench.BenchOptions;
import dev.coffer.lab.bench.BenchResult;
import dev.coffer.lab.bench.RecoveryBench;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.lab.local.NodeLife;
import dev.coffer.lab.local.TemporaryFleet;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer bench}. */
@CommandLine.Command(
    name = "bench",
    description =
        "Measure complete recoveries a second, their CPU time and latency, against the running fleet of --home, or a"
            + " temporary fleet of five.")
final class BenchCommand extends Command {
  @Mixin private HomeOption where = new HomeOption();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "Measured (default 30).")
  private int seconds = 30;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "30",
      description = "Before that (default 30).")
  private int warmup = 30;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "64",
      description = "Accounts that recover at the same time (default 64).")
  private int clients = 64;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Begin N recoveries a second by the clock instead of one when one has ended.")
  private int rate;

  BenchCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    BenchOptions options = new BenchOptions(seconds, warmup, clients, rate).validate();
    Output speech = speech();
    Path home = where.home(session());
    if (LocalFleet.isIn(home)) {
      LocalFleet fleet = LocalFleet.open(home, session());
      if (fleet.running() > 0) {
        return measure(speech, fleet, options);
      }
    }
    speech.say("Founding a temporary fleet of five SIMULATED HSMs …");
    try (TemporaryFleet temporary = TemporaryFleet.make("bench", false)) {
      return measure(
          speech, temporary.found(session(), FleetPlan.FIVE, NodeLife.TETHERED), options);
    }
  }

  private ExitCode measure(Output speech, LocalFleet fleet, BenchOptions options)
      throws Failure, IOException, InterruptedException {
    speech.say("Registering " + options.accounts() + " accounts …");
    BenchResult result =
        new RecoveryBench(session(), fleet, options)
            .run(
                () -> speech.say("Warming up for " + options.warmup() + " s …"),
                () -> speech.say("Measuring for " + options.seconds() + " s …"));
    if (!speech.json()) {
      result.print(speech.out());
    }
    speech.result(result.json());
    return result.recoveries() > 0 && result.failures() == 0 ? ExitCode.OK : ExitCode.FAILED;
  }
}
