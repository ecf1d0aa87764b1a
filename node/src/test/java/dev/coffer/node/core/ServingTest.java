package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.core.Messages.Beat;
import dev.coffer.node.order.Orderer;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node says of itself, and when a leader lets another lead. */
final class ServingTest {
  private final CoreSamples samples = new CoreSamples();
  private final NodeContext context = samples.context(1);
  private final ChainPositions positions = new ChainPositions(context);
  private final Engine engine = new Engine();
  private final PartitionHealth health = new PartitionHealth(context, 0, () -> {});
  private final Certification certification =
      new Certification(context, 0, engine::leadership, certificate -> {});
  private final Serving serving = new Serving(context, 0, engine, health, certification, positions);
  private final Leading leading = new Leading(context, 0, engine, serving, positions);

  /** An engine that does as it is told and notes what it is asked for. */
  private static final class Engine implements Orderer {
    private Leadership now = new Leadership(1, true);
    private boolean voting = true;
    private final List<Integer> handedTo = new ArrayList<>();
    private final List<Bytes> proposed = new ArrayList<>();

    @Override
    public CompletableFuture<Fate> propose(Bytes payload) {
      proposed.add(payload);
      return CompletableFuture.completedFuture(Fate.UNKNOWN);
    }

    @Override
    public Leadership leadership() {
      return now;
    }

    @Override
    public boolean voting() {
      return voting;
    }

    @Override
    public void handOver(int node) {
      handedTo.add(node);
    }

    @Override
    public boolean changeVoter(int node, long incarnation) {
      return false;
    }

    @Override
    public void close() {}
  }

  private void beat(int node, boolean maySign, boolean orders, boolean doubtful) {
    positions.heard(node, List.of(new Beat(0, 0, 0, maySign, orders, doubtful)));
  }

  @BeforeEach
  void allIsWell() {
    for (int node = 1; node <= CoreSamples.N; node++) {
      beat(node, true, true, false);
    }
    assertEquals(Optional.empty(), serving.obstacle());
  }

  private void assertWaits(String why) {
    String said = serving.obstacle().orElse("ready");
    assertTrue(said.contains(why), said);
  }

  @Test
  void eachObstacleIsNamed() {
    engine.voting = false;
    assertWaits("no vote yet");
    engine.now = Orderer.Leadership.NONE;
    assertWaits("no node leads");
    for (int node : List.of(2, 3, 5)) {
      beat(node, false, false, false);
    }
    assertWaits("missing are those of nodes 2, 3, 5");
    health.stop("planted", null);
    assertWaits("planted");
  }

  @Test
  void aLeaderWithoutRoomIsNamedOnEveryNode() {
    samples.mayOrder = false;
    assertWaits("node 1, which leads, takes no new operations");
    samples.mayOrder = true;
    engine.now = new Orderer.Leadership(4, false);
    assertEquals(Optional.empty(), serving.obstacle());
    beat(4, true, false, false);
    assertWaits("node 4, which leads, takes no new operations");
    // The own disk does not matter where another leads.
    beat(4, true, true, false);
    samples.mayOrder = false;
    assertEquals(Optional.empty(), serving.obstacle());
  }

  @Test
  void anOperationThatEndedUncertifiedIsDoubtUntilTheNextCertificate() {
    long began = samples.nanos;
    samples.passMillis(1);
    serving.certified();
    serving.failed(began);
    assertFalse(serving.doubtful(), "a certificate came while it waited: it was something else");
    began = samples.nanos + 1;
    samples.passMillis(6_000);
    allBeat();
    serving.failed(began);
    assertWaits("not certified in time");
    assertTrue(serving.probeDue());
    assertFalse(serving.probeDue(), "not at every look");
    samples.passMillis(2_001);
    assertTrue(serving.probeDue());
    allBeat();
    serving.certified();
    assertEquals(Optional.empty(), serving.obstacle());
    samples.passMillis(2_001);
    assertFalse(serving.probeDue());
  }

  private void allBeat() {
    for (int node = 1; node <= CoreSamples.N; node++) {
      beat(node, true, true, false);
    }
  }

  @Test
  void theLeaderProbesForAnyNodeThatDoubts() {
    samples.passMillis(2_001);
    allBeat();
    beat(3, true, true, true);
    engine.now = new Orderer.Leadership(2, false);
    assertFalse(serving.probeDue(), "another leads");
    engine.now = new Orderer.Leadership(1, true);
    assertTrue(serving.probeDue());
    Batcher batcher = new Batcher(context, 0, engine, certification, positions, () -> true);
    batcher.probe();
    assertEquals(1, engine.proposed.size());
    Batcher waiting = new Batcher(context, 0, engine, certification, positions, () -> false);
    waiting.probe();
    assertEquals(1, engine.proposed.size(), "not before what earlier leaders ordered is applied");
  }

  private void lookFor(long millis, boolean maySign) {
    leading.look(maySign);
    samples.passMillis(millis);
    allOthers();
    leading.look(maySign);
  }

  private int others = 0b11110;

  private void allOthers() {
    for (int node = 2; node <= CoreSamples.N; node++) {
      beat(node, true, (others >>> (node - 1) & 1) == 1, false);
    }
  }

  @Test
  void leadershipGoesToWhomItSuitsBetterAndNeverWanders() {
    lookFor(1_501, true);
    assertEquals(List.of(), engine.handedTo);
    samples.mayOrder = false;
    others = 0b01000;
    allOthers();
    lookFor(1_501, true);
    assertEquals(List.of(4), engine.handedTo);
    // Nobody has room: whoever leads stays, however long that lasts.
    others = 0;
    allOthers();
    for (int i = 0; i < 100; i++) {
      lookFor(1_501, true);
    }
    assertEquals(List.of(4), engine.handedTo);
    // An HSM that is silent is worse than a disk that is full.
    lookFor(1_501, false);
    assertEquals(List.of(4, 2), engine.handedTo);
  }
}
