package dev.coffer.lab.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.command.HomeOption;
import dev.coffer.lab.bench.FloodProcess;
import dev.coffer.lab.local.LocalFleet;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer flood}: what {@code coffer crowd} starts beside each measurement. */
@CommandLine.Command(
    name = "flood",
    hidden = true,
    description = "Flood a fleet until standard input ends. The command crowd does it.")
final class FloodCommand extends Command {
  @Mixin private HomeOption where = new HomeOption();

  @Parameters(paramLabel = "NAME", description = "Which one.")
  private String name = "";

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "For so long there is something new to send (default ${DEFAULT-VALUE}).")
  private int seconds = 20;

  FloodCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    LocalFleet fleet = LocalFleet.open(where.home(session()), session());
    FloodProcess.flood(session(), fleet, name, seconds, speech().out());
    return ExitCode.OK;
  }
}
