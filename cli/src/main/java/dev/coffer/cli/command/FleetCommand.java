package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code coffer fleet}: how one fleet takes the place of another without a new app. */
@CommandLine.Command(
    name = "fleet",
    description = "Plan what a fleet tolerates.",
    subcommands = FleetCommand.Plan.class)
final class FleetCommand extends CommandGroup {
  /** {@code coffer fleet plan}. */
  @CommandLine.Command(
      name = "plan",
      description =
          "Print what a fleet of N HSMs with capture quorum Q tolerates, and INV-2's bound.")
  static final class Plan extends Command {
    @Mixin private PlanOptions options = new PlanOptions();

    Plan(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure {
      FleetPlan plan = options.plan();
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
      List<JsonWriter> bounds = new ArrayList<>();
      for (int c = 0; c < t; c++) {
        int bound = limit * ((n - c) / (q - c));
        speech().result("guesses at most, with " + c + " corrupted: " + bound);
        bounds.add(new JsonWriter().put("corrupted", c).put("guesses", bound));
      }
      speech().result("with " + t + " corrupted or more: offline guessing");
      speech()
          .result(
              new JsonWriter()
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
