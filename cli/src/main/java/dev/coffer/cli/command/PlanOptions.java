package dev.coffer.cli.command;

import dev.coffer.cli.Failure;
import dev.coffer.cli.home.FleetPlan;
import picocli.CommandLine.Option;

/** How many HSMs a fleet has, and how many must have counted a guess. */
public final class PlanOptions {
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

  /** The plan, if there can be such a fleet. */
  public FleetPlan plan() throws Failure {
    return new FleetPlan(nodes, quorum, 0).validate();
  }
}
