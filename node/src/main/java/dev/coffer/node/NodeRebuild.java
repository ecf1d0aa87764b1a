package dev.coffer.node;

import dev.coffer.node.hsm.HsmInspection;
import dev.coffer.node.order.OrderRules;
import dev.coffer.node.order.VoterIdentity;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.util.List;

/**
 * Has a stopped node leave its order for good and found a new one with others, at its next start
 * (docs/replication.md rule 14). Only its voter's marker changes here.
 */
public final class NodeRebuild {
  /** The highest number that an order can have. */
  public static final long NUMBER_MAX = OrderRules.NUMBER_MAX;

  private NodeRebuild() {}

  /**
   * The lowest number of an order that begins behind where a node's stores stand, in index and
   * term, and behind a million entries that they may take from others before it begins.
   */
  public static long leastNumber(NodeCheck.Report report) {
    long least = 2;
    for (NodeCheck.Partition partition : report.partitions()) {
      least = Math.max(least, partition.term() + 1);
      least = Math.max(least, (partition.ordered() + VoterIdentity.STEP) / VoterIdentity.STEP + 1);
    }
    return least;
  }

  /** The fewest nodes that may do so: without them nobody can have a leader in the old order. */
  public static int fewest(NodeConfig config) throws IOException {
    Fleet fleet = FleetFile.read(config.fleet());
    return Math.max(OrderRules.fewestFounders(fleet.settings().n()), fleet.settings().q());
  }

  /**
   * Asks for it.
   *
   * @param number the new order's; {@link #leastNumber} at least, {@link #NUMBER_MAX} at most
   * @param founders all that are to found it, the same at each of them
   * @throws NodeCheck.Running if the node or its HSM runs
   * @throws IOException with one sentence if it cannot be done
   */
  public static void request(NodeConfig config, long number, List<Integer> founders)
      throws NodeCheck.Running, IOException {
    // While this is held the HSM does not start, and so no node.
    try (HsmInspection hsm = HsmInspection.open(config.hsm().command(), config.hsm().home())) {
      VoterIdentity.turnTo(
          config.raftMarker(),
          config.raftDirectory(),
          FleetFile.read(config.fleet()).id(),
          number,
          founders);
    } catch (HsmInspection.InUse e) {
      throw new NodeCheck.Running("The HSM of node " + config.node() + " runs.");
    }
  }
}
