package dev.coffer.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.node.NodeCheck;
import dev.coffer.node.NodeRebuild;
import dev.coffer.node.check.Findings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which numbers an order can have that goes on behind what a node has taken. */
final class NodeRebuildCommandTest {
  private static NodeCheck.Report at(long index, long term) {
    NodeCheck.Partition first = new NodeCheck.Partition(0, 9, 9, 1, 9, -1, 0);
    NodeCheck.Partition second = new NodeCheck.Partition(1, 9, 9, 1, 9, index, term);
    return new NodeCheck.Report(3, List.of(first, second), new Findings(), true);
  }

  private static void assertRefused(long number, NodeCheck.Report report) {
    Failure refused =
        assertThrows(Failure.class, () -> NodeRebuildCommand.checkNumber(number, report));
    assertEquals(ExitCode.USAGE, refused.exitCode());
    assertTrue(refused.what().contains("node 3"));
  }

  @Test
  void aNumberThatBeginsWithinTheOldOrderIsRefused() throws Failure {
    long positions = 1L << 20;
    assertEquals(2, NodeRebuild.leastNumber(at(-1, 0)));
    NodeRebuildCommand.checkNumber(2, at(100, 1));
    // By index: ten million entries.
    assertRefused(2, at(10 * positions, 1));
    assertRefused(11, at(10 * positions, 1));
    NodeRebuildCommand.checkNumber(12, at(10 * positions, 1));
    // By term.
    assertRefused(500, at(100, 500));
    NodeRebuildCommand.checkNumber(501, at(100, 500));
  }

  @Test
  void aNumberThatIsNoneIsRefused() throws Failure {
    for (long bad :
        new long[] {Long.MIN_VALUE, -1, 0, 1, NodeRebuild.NUMBER_MAX + 1, Long.MAX_VALUE}) {
      assertRefused(bad, at(-1, 0));
    }
    NodeRebuildCommand.checkNumber(NodeRebuild.NUMBER_MAX, at(-1, 0));
  }
}
