package dev.coffer.lab.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.command.HomeOption;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.lab.local.LocalVault;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code coffer down}: stops the fleet of a home. Its data stay. */
@CommandLine.Command(
    name = "down",
    description = "Stop the fleet on this machine. Everything it keeps stays.")
final class DownCommand extends Command {
  @Mixin private HomeOption where = new HomeOption();

  DownCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
    LocalFleet fleet = LocalFleet.open(where.home(session()), session());
    int running = fleet.running();
    fleet.stop();
    LocalVault vault = new LocalVault(session(), new VaultHome(where.home(session())));
    for (LocalFleet added : vault.added()) {
      running += added.running();
      added.stop();
    }
    vault.parties().stop();
    speech()
        .result(
            running == 0
                ? "The fleet was not running."
                : "Stopped " + Sizes.count(running, "node") + ".");
    speech().result(new JsonWriter().put("stopped", running));
    return ExitCode.OK;
  }
}
