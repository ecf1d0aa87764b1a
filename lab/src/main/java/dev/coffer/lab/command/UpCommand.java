package dev.coffer.lab.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.command.HomeOption;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operations.OperationsServer;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.lab.local.FleetDescription;
import dev.coffer.lab.local.Founder;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.lab.local.LocalVault;
import dev.coffer.lab.local.NodeLife;
import dev.coffer.lab.local.VaultKeeper;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code coffer up}: founds a fleet on this machine if there is none, and starts whatever of it
 * does not run.
 */
@CommandLine.Command(
    name = "up",
    description =
        "Start the fleet on this machine, founding it the first time. Its HSMs are SIMULATED. Returns when it is ready;"
            + " the fleet runs on until coffer down.")
final class UpCommand extends Command {
  private static final Duration WATCH = Duration.ofSeconds(1);

  /** The port of web/console/README.md: nodes answer pages of the origins that they know. */
  private static final int PAGES = 8080;

  @Mixin private HomeOption where = new HomeOption();

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "5",
      description = "3, 5 or 7 (default 5); when founding.")
  private int nodes = 5;

  @Option(
      names = "--quorum",
      paramLabel = "Q",
      defaultValue = "0",
      description =
          "HSMs that must have counted a guess: a majority (default) to N; when founding.")
  private int quorum;

  @Option(
      names = "--ports",
      paramLabel = "BASE",
      defaultValue = "0",
      description =
          "First of four consecutive ports a node (default: any that are free); when founding.")
  private int ports;

  @Option(
      names = "--foreground",
      description =
          "Stay, start again what dies, refresh the bundle every day, and stop all on Ctrl-C.")
  private boolean foreground;

  UpCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
    Output speech = speech();
    Path home = where.home(session());
    Instant started = session().clock().instant();
    boolean founded = !LocalFleet.isIn(home);
    if (founded) {
      FleetPlan plan = new FleetPlan(nodes, quorum, ports).validate();
      Founder.refuseForeign(home);
      speech.say("Founding a fleet of " + plan.nodes() + " SIMULATED HSMs in " + home + " …");
      Founder.found(session(), home, plan);
    }
    FleetDescription.restoreAll(home, speech::warn);
    NodeLife life = foreground ? NodeLife.TETHERED : NodeLife.BACKGROUND;
    LocalVault vault = new LocalVault(session(), new VaultHome(home));
    LocalFleet fleet = vault.first();
    vault.parties().start(life);
    LocalFleet.Start start = fleet.start(life, LocalFleet.READY_TIMEOUT);
    List<String> cannot = new ArrayList<>(start.lines(""));
    List<String> notes = new ArrayList<>(start.notes());
    int launched = start.launched();
    for (LocalFleet added : vault.added()) {
      LocalFleet.Start beside = added.start(life, LocalFleet.READY_TIMEOUT);
      launched += beside.launched();
      cannot.addAll(beside.lines(" of " + added.directory().getFileName()));
      notes.addAll(beside.notes());
    }
    Bundle bundle = vault.parties().publish();
    Duration took = Duration.between(started, session().clock().instant());
    speech.result(
        (launched == 0 ? "The fleet was up already" : "The fleet is up")
            + ": "
            + (fleet.size() - start.cannot().size())
            + (start.cannot().isEmpty() ? "" : " of " + fleet.size())
            + " nodes, each with an HSM (SIMULATED), q = "
            + fleet.fleet().settings().q()
            + ", ready in "
            + Sizes.time(took)
            + ".");
    speech.say("Fleet id (what apps may pin): " + fleet.fleet().id().value().hex());
    speech.say(
        "Apps trust it over the air: bundle "
            + bundle.epoch()
            + " is signed by notary and operator, logged, and cosigned by "
            + TrustHome.WITNESSES
            + " witnesses.");
    speech.say(pages(home));
    speech.say(next(home));
    speech.result(
        new JsonWriter()
            .put("home", home.toString())
            .put("fleet", fleet.fleet().id().value().hex())
            .put("founded", founded)
            .put("epoch", bundle.epoch())
            .put("nodes", fleet.size())
            .put("ready", fleet.size() - start.cannot().size())
            .putTexts("cannot", cannot)
            .put("started", launched)
            .put("model", fleet.fleet().hsm(1).model())
            .put("seconds", took.toMillis() / 1000.0));
    cannot.forEach(speech::warn);
    notes.forEach(speech::warn);
    if (foreground) {
      watch(vault, speech);
    }
    return cannot.isEmpty() ? ExitCode.OK : ExitCode.DEGRADED;
  }

  /** The command that serves both pages: this one starts no server that most have no use for. */
  private static String pages(Path home) {
    return "In a browser: coffer operations --home "
        + home
        + " --port "
        + PAGES
        + " serves the operators' page at http://localhost:"
        + PAGES
        + OperationsServer.ROOM
        + " and the users' at http://localhost:"
        + PAGES
        + "/, once they are built for this vault (web/console/README.md).";
  }

  private static String next(Path home) throws IOException {
    return "Next: coffer "
        + (Device.anyKeyIn(home.resolve("client")) ? "status" : "enroll")
        + " --home "
        + home
        + " --account NAME. Stop it with coffer down --home "
        + home
        + ".";
  }

  /** Until the process is stopped; what is tethered goes with it. */
  private void watch(LocalVault vault, Output speech) throws InterruptedException {
    speech.say("Press Ctrl-C to stop the fleet.");
    VaultKeeper keeper = vault.keeper(NodeLife.TETHERED, speech::warn);
    while (true) {
      keeper.round();
      session().pause().await(WATCH);
    }
  }
}
