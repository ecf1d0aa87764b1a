package dev.coffer.lab.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.BundleCommand;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.command.Confirmation;
import dev.coffer.cli.command.HomeOption;
import dev.coffer.cli.command.PlanOptions;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.Publisher;
import dev.coffer.lab.local.LocalSigners;
import dev.coffer.lab.local.LocalVault;
import dev.coffer.lab.local.NodeLife;
import dev.coffer.notary.operator.Issuance;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * How one fleet on this machine takes the place of another, with everybody's keys at hand: {@code
 * coffer fleet add, retire, retired, revoke} and {@code coffer bundle issue}.
 */
final class FleetCommands {
  private FleetCommands() {}

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

    @Mixin private PlanOptions options = new PlanOptions();

    Add(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      FleetPlan plan = options.plan();
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
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
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
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      vault().retired(name);
      speech().result("The nodes of " + name + " send clients on.");
      speech().say("Keep them running: whoever was not moved recovers there, as a last resort.");
      speech().result(new JsonWriter().put("retired", name));
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
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      LocalVault vault = vault();
      vault.newest();
      Confirmation.ask(
          session(), yes, "Users who have not moved lose what their code opens. Revoke it?");
      tell(vault.revoke(name));
      return ExitCode.OK;
    }
  }

  /** {@code coffer bundle issue}. */
  @CommandLine.Command(
      name = "issue",
      description =
          "Issue the next bundle with the same fleets and a new validity: notarised, counter-signed, logged, cosigned,"
              + " handed to the nodes. In a development vault, where this command plays the two people who approve.")
  static final class Issue extends Command {
    @Mixin private HomeOption where = new HomeOption();

    Issue(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      VaultHome vault = new VaultHome(where.home(session()));
      try (Publisher publisher = LocalSigners.publisher(session(), vault)) {
        Issuance.Published published = publisher.issue(Map.of());
        BundleCommand.tell(speech(), published.delta());
        BundleCommand.tell(speech(), vault, published.bundle());
      }
      return ExitCode.OK;
    }
  }
}
