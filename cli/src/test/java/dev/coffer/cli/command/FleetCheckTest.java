package dev.coffer.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.NodeCheck;
import dev.coffer.node.check.Finding.RepairAction;
import dev.coffer.node.check.Findings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a fleet cannot do whose nodes are sound one by one. */
final class FleetCheckTest {
  private static NodeCheck.Report node(int node, long store, long hsm, boolean forgotten) {
    NodeCheck.Partition partition = new NodeCheck.Partition(0, store, store, 1, hsm, store, 1);
    return new NodeCheck.Report(node, List.of(partition), new Findings(), forgotten);
  }

  @Test
  void aMinorityWithoutItsLogIsLetInByTheOthers() {
    assertEquals(
        List.of(),
        FleetCheck.damages(
            List.of(node(1, 9, 9, true), node(2, 9, 10, false), node(3, 9, 9, false))));
  }

  @Test
  void aMajorityWithoutItsLogIsDamage() {
    List<String> found =
        FleetCheck.damages(List.of(node(1, 9, 9, true), node(2, 9, 9, false), node(3, 9, 9, true)));
    assertEquals(1, found.size());
    assertTrue(found.getFirst().contains("nodes 1, 3 are lost"), found.getFirst());
    assertTrue(found.getFirst().contains("coffer node rebuild-order"), found.getFirst());
  }

  @Test
  void aLogThatHasToBeMovedAsideCountsAsLost() {
    NodeCheck.Report damaged = node(2, 9, 9, false);
    damaged.findings().damage("raft", "damaged", "Repair it.", RepairAction.RAFT_ASIDE);
    assertEquals(
        1, FleetCheck.damages(List.of(node(1, 9, 9, true), damaged, node(3, 9, 9, false))).size());
  }

  @Test
  void anHsmOutOfReachOfEveryStoreIsDamage() {
    // Within its ring the order, or a log that is left, may lead there.
    assertEquals(
        List.of(),
        FleetCheck.damages(
            List.of(node(1, 2, 9, false), node(2, 2, 2, false), node(3, 1, 2, false))));
    List<String> found =
        FleetCheck.damages(
            List.of(node(1, 2, 10, false), node(2, 2, 2, false), node(3, -1, 2, false)));
    assertEquals(1, found.size());
    assertTrue(found.getFirst().contains("One newer store of any node"), found.getFirst());
  }
}
