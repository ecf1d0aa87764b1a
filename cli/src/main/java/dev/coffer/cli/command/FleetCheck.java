package dev.coffer.cli.command;

import dev.coffer.node.NodeCheck;
import dev.coffer.node.check.Finding.RepairAction;
import dev.coffer.node.order.OrderRules;
import dev.coffer.protocol.codec.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What all nodes of a fleet together cannot do, although each is sound by itself. */
final class FleetCheck {
  private FleetCheck() {}

  /** One line each: what is wrong, and what to do. */
  static List<String> damages(List<NodeCheck.Report> all) {
    List<String> found = new ArrayList<>();
    for (int partition = 0; partition < partitions(all); partition++) {
      hsmsAhead(all, partition, found);
    }
    List<NodeCheck.Report> lost = all.stream().filter(FleetCheck::lost).toList();
    if (all.size() - lost.size() < OrderRules.majority(all.size())) {
      found.add(
          "order: the Raft logs of nodes "
              + lost.stream()
                  .map(report -> Integer.toString(report.node()))
                  .collect(Collectors.joining(", "))
              + " are lost, and nobody can be a leader to let them in. Run coffer node rebuild-order, then start all.");
    }
    return found;
  }

  private static int partitions(List<NodeCheck.Report> all) {
    return all.stream().mapToInt(report -> report.partitions().size()).min().orElse(0);
  }

  private static boolean lost(NodeCheck.Report report) {
    return report.forgotten()
        || report.findings().listed().stream()
            .anyMatch(found -> found.repair() == RepairAction.RAFT_ASIDE);
  }

  private static void hsmsAhead(List<NodeCheck.Report> all, int partition, List<String> found) {
    long hsm =
        all.stream().mapToLong(report -> report.partitions().get(partition).hsm()).max().orElse(0);
    long store =
        all.stream().mapToLong(report -> report.partitions().get(partition).k()).max().orElse(0);
    if (hsm - Math.max(store, 0) >= Limits.RING) {
      found.add(
          "HSMs, partition "
              + partition
              + ": one stands at entry "
              + hsm
              + ", and the newest store of all nodes at "
              + Math.max(store, 0)
              + ". One newer store of any node is enough: put it in the place of that node's store.directory.");
    }
  }
}
