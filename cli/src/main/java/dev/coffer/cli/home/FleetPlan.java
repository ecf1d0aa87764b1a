package dev.coffer.cli.home;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;

/**
 * What a local fleet is founded with.
 *
 * @param nodes 3, 5 or 7
 * @param quorum q, the capture quorum: a majority or more; 0 for the majority
 * @param portBase first port; 0 for any free ones
 */
public record FleetPlan(int nodes, int quorum, int portBase) {
  /** How many consecutive ports a node has. */
  public static final int PORTS_A_NODE = 4;

  private static final int PORT_LAST = 65_535;

  /** The default: five nodes, quorum three. */
  public static final FleetPlan FIVE = new FleetPlan(5, 0, 0);

  /** This, or which number cannot be. */
  public FleetPlan validate() throws Failure {
    if (nodes != 3 && nodes != 5 && nodes != 7) {
      throw new Failure(
          ExitCode.USAGE, "A fleet has 3, 5 or 7 nodes.", "Give --nodes one of these.");
    }
    if (quorum != 0 && (quorum <= nodes / 2 || quorum > nodes)) {
      throw new Failure(
          ExitCode.USAGE,
          "The quorum of " + nodes + " nodes is " + (nodes / 2 + 1) + " to " + nodes + ".",
          "Give --quorum one of these, or leave it out.");
    }
    if (portBase != 0 && (portBase < 1 || portBase + nodes * PORTS_A_NODE - 1 > PORT_LAST)) {
      throw new Failure(
          ExitCode.USAGE, "There are no such ports.", "Give --ports a number from 1024 to 65000.");
    }
    return this;
  }

  /** q. */
  public int q() {
    return quorum == 0 ? nodes / 2 + 1 : quorum;
  }
}
