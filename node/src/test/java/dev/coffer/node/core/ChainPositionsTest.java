package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.node.core.Messages.Beat;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who counts as live, and what a start does with what it finds. */
final class ChainPositionsTest {
  private final CoreSamples samples = new CoreSamples();
  private final ChainPositions positions = new ChainPositions(samples.context(1));

  private void beat(int node, long k, long certified, boolean maySign) {
    positions.heard(node, List.of(new Beat(0, k, certified, maySign, maySign, false)));
  }

  @Test
  void liveIsWhoBeatsSpeaksKeepsUpAndIsReachable() {
    beat(1, 100, 100, true);
    beat(2, 100, 100, false);
    beat(3, 92, 92, true);
    beat(4, 93, 93, true);
    beat(5, 100, 100, true);
    assertEquals(0b11001, positions.live(0, 100));
    samples.unreachable = 1 << 5;
    assertEquals(0b01001, positions.live(0, 100));
    samples.passMillis(999);
    beat(4, 100, 100, true);
    samples.passMillis(2);
    assertEquals(0b01000, positions.live(0, 100));
  }

  @Test
  void theNewestCertificateIsFetchedFromWhoHasIt() {
    assertEquals(0, positions.aheadOf(0, 0));
    beat(2, 10, 9, true);
    beat(3, 10, 12, true);
    assertEquals(3, positions.aheadOf(0, 9));
    samples.unreachable = 1 << 3;
    assertEquals(0, positions.aheadOf(0, 9));
    assertEquals(2, positions.aheadOf(0, 8));
  }

  @Test
  void partitionsThatDoNotExistAreIgnored() {
    positions.heard(2, List.of(new Beat(5, 1, 1, true, true, false)));
    assertEquals(0, positions.live(5, 1));
  }

  @Test
  void aStartKnowsWhatToDo() {
    ChainValues at5 = samples.values(5, 0);
    assertEquals(Reconciliation.PROCEED, Reconciliation.of(at5, at5, Optional.empty()));
    assertEquals(
        Reconciliation.STOP, Reconciliation.of(at5, samples.values(5, 1), Optional.empty()));
    ChainValues otherRoot =
        new ChainValues(samples.fleet.id(), 0, 5, at5.head(), Bytes.zeros(32), at5.head());
    assertEquals(Reconciliation.STOP, Reconciliation.of(at5, otherRoot, Optional.empty()));
    assertEquals(
        Reconciliation.PROCEED, Reconciliation.of(samples.values(12, 0), at5, Optional.empty()));
    assertEquals(
        Reconciliation.SYNCHRONISE,
        Reconciliation.of(samples.values(13, 0), at5, Optional.empty()));
    assertEquals(
        Reconciliation.SYNCHRONISE, Reconciliation.of(samples.values(4, 0), at5, Optional.empty()));
    assertEquals(
        Reconciliation.ADOPT_STORED,
        Reconciliation.of(samples.values(4, 0), at5, Optional.of(samples.certificate(at5))));
    assertEquals(
        Reconciliation.SYNCHRONISE,
        Reconciliation.of(
            samples.values(3, 0), at5, Optional.of(samples.certificate(samples.values(4, 0)))));
  }
}
