package dev.coffer.cli.command;

import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.local.FleetPlan;
import dev.coffer.cli.local.NodeLife;
import dev.coffer.cli.terminal.Json;
import dev.coffer.notary.operator.Issuance;
import dev.coffer.cli.trust.LocalVault;
import dev.coffer.cli.trust.VaultHome;
import dev.coffer.protocol.codec.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer fleet}: how one fleet takes the place of another without a new app. */
@CommandLine.Command(
    name = "fleet",
    description =
        "Add a fleet, move users to it, retire the old one; no app needs an update. Plan what a fleet tolerates.",
    subcommands = {
      FleetCommand.Add.class,
      FleetCommand.Retire.class,
      FleetCommand.Retired.class,
      FleetCommand.Revoke.class,
      FleetCommand.Plan.class
    })
final class FleetCommand extends CommandGroup {
  /** What those that issue a bundle share. */
  abstract static class Change extends Command {
    @Mixin private HomeOption where = new HomeOption();

    Change(Session session) {
      super(session);
    }

    final LocalVault vault() {
      return new LocalVault(session(), new VaultHome(where.home(session())));
    }

    final void tell(Issuance.Published published) throws Failure, OperatorFailure, IOException {
      BundleCommand.tell(speech(), published.delta());
      BundleCommand.tell(speech(), vault().home(), published.bundle());
    }
  }

  /** {@code coffer fleet add}. */
  @CommandLine.Command(
      name = "add",
      description = "Found and start another fleet (SIMULATED) beside the first, and announce it.")
  static final class Add extends Change {
    @Option(
        names = "--name",
        paramLabel = "NAME",
        defaultValue = "second",
        description = "What to call it here (default ${DEFAULT-VALUE}).")
    private String name = "second";

    @Option(
        names = "--nodes",
        paramLabel = "N",
        defaultValue = "5",
        description = "3, 5 or 7 (default ${DEFAULT-VALUE}).")
    private int nodes = 5;

    @Option(
        names = "--quorum",
        paramLabel = "Q",
        defaultValue = "0",
        description = "HSMs that must have counted a guess: a majority (default) to N.")
    private int quorum;

    Add(Session session) {
      super(session);
    }

    @Override
    ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      FleetPlan plan = new FleetPlan(nodes, quorum, 0).validate();
      tell(vault().add(name, plan, NodeLife.BACKGROUND));
      speech().say("Nobody uses it yet. Next: coffer fleet retire first --to " + name + ".");
      return ExitCode.OK;
    }
  }

  /** {@code coffer fleet retire}. */
  @CommandLine.Command(
      name = "retire",
      description =
          "One bundle: the new fleet is active, the old one only recovers. Users move when their code is next at hand.")
  static final class Retire extends Change {
    @Parameters(paramLabel = "FLEET", description = "The old one, by name or beginning of its id.")
    private String old = "";

    @Option(names = "--to", required = true, paramLabel = "FLEET", description = "The new one.")
    private String successor = "";

    Retire(Session session) {
      super(session);
    }

    @Override
    ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      tell(vault().retire(old, successor));
      speech().say("When users had time to move: coffer fleet retired " + old + ".");
      return ExitCode.OK;
    }
  }

  /** {@code coffer fleet retired}. */
  @CommandLine.Command(
      name = "retired",
      description =
          "Make the nodes of a retiring fleet answer that it has moved. Who never moved is still let in.")
  static final class Retired extends Change {
    @Parameters(paramLabel = "FLEET", description = "By name or beginning of its id.")
    private String name = "";

    Retired(Session session) {
      super(session);
    }

    @Override
    ExitCode run() throws Failure, OperatorFailure, IOException {
      vault().retired(name);
      speech().result("The nodes of " + name + " send clients on.");
      speech().say("Keep them running: whoever was not moved recovers there, as a last resort.");
      speech().result(new Json().put("retired", name));
      return ExitCode.OK;
    }
  }

  /** {@code coffer fleet revoke}. */
  @CommandLine.Command(
      name = "revoke",
      description =
          "One bundle: this fleet is never used again. What was not moved from it is lost.")
  static final class Revoke extends Change {
    @Parameters(paramLabel = "FLEET", description = "By name or beginning of its id.")
    private String name = "";

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask for confirmation.")
    private boolean yes;

    Revoke(Session session) {
      super(session);
    }

    @Override
    ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      LocalVault vault = vault();
      vault.newest();
      Confirmation.ask(
          session(), yes, "Users who have not moved lose what their code opens. Revoke it?");
      tell(vault.revoke(name));
      return ExitCode.OK;
    }
  }

  /** {@code coffer fleet plan}. */
  @CommandLine.Command(
      name = "plan",
      description =
          "Print what a fleet of N HSMs with capture quorum Q tolerates, and INV-2's bound.")
  static final class Plan extends Command {
    @Option(
        names = "--nodes",
        paramLabel = "N",
        defaultValue = "5",
        description = "3, 5 or 7 (default ${DEFAULT-VALUE}).")
    private int nodes = 5;

    @Option(
        names = "--quorum",
        paramLabel = "Q",
        defaultValue = "0",
        description = "A majority (default) to N.")
    private int quorum;

    Plan(Session session) {
      super(session);
    }

    @Override
    ExitCode run() throws Failure, OperatorFailure {
      FleetPlan plan = new FleetPlan(nodes, quorum, 0).validate();
      int n = plan.nodes();
      int q = plan.q();
      int t = n / 2 + 1;
      int limit = Limits.GUESSES_MAX;
      speech().result("n = " + n + " HSMs, threshold t = " + t + ", capture quorum q = " + q);
      speech().result("absent HSMs tolerated (n-q): " + (n - q));
      speech()
          .result(
              "corrupted or rolled-back HSMs with the limit still exact (2q-n-1): "
                  + (2 * q - n - 1));
      List<Json> bounds = new ArrayList<>();
      for (int c = 0; c < t; c++) {
        int bound = limit * ((n - c) / (q - c));
        speech().result("guesses at most, with " + c + " corrupted: " + bound);
        bounds.add(new Json().put("corrupted", c).put("guesses", bound));
      }
      speech().result("with " + t + " corrupted or more: offline guessing");
      speech()
          .result(
              new Json()
                  .put("n", n)
                  .put("t", t)
                  .put("q", q)
                  .put("absent", n - q)
                  .put("exact", 2 * q - n - 1)
                  .putAll("bounds", bounds));
      return ExitCode.OK;
    }
  }
}
