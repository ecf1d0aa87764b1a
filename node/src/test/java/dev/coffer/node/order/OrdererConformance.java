package dev.coffer.node.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every ordering engine promises, and nothing more: one order for all, ascending positions,
 * replay after what is durable. Run against Ratis and against the simulated one, so that what holds
 * on the simulated one holds on the real one.
 */
abstract class OrdererConformance {
  static final int NODES = 3;

  /** An engine of three nodes. */
  interface Engine extends AutoCloseable {
    Orderer orderer(int node);

    OrderedLogRecorder log(int node);

    void start(int node) throws Exception;

    void stop(int node) throws Exception;

    /** Returns once some node leads; its number. */
    int awaitLeader() throws Exception;

    /** Returns once every running node has taken as much as the one that took most. */
    void settle() throws Exception;

    @Override
    void close() throws Exception;
  }

  abstract Engine engine() throws Exception;

  private static Bytes payload(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Proposes until {@code count} payloads are said to have been applied. */
  static List<Bytes> propose(Engine engine, String prefix, int count) throws Exception {
    List<Bytes> applied = new ArrayList<>();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    for (int attempt = 0; applied.size() < count; attempt++) {
      assertTrue(System.nanoTime() < until, "the engine orders nothing");
      Bytes payload = payload(prefix + attempt);
      if (engine.orderer(engine.awaitLeader()).propose(payload).get() == Orderer.Fate.APPLIED) {
        applied.add(payload);
      }
    }
    return applied;
  }

  private static void assertAgreement(Engine engine, List<Bytes> applied, int... nodes) {
    List<Bytes> first = engine.log(nodes[0]).payloads();
    for (int node : nodes) {
      assertEquals(first, engine.log(node).payloads(), "node " + node);
      assertEquals(List.of(), engine.log(node).faults(), "node " + node);
    }
    assertTrue(first.containsAll(applied), "what was applied is in the order");
    // In the order in which they were proposed, one after the other, at their first occurrence.
    List<Bytes> once = new ArrayList<>(new LinkedHashSet<>(first));
    once.retainAll(applied);
    List<Bytes> expected = new ArrayList<>(applied);
    assertEquals(expected, once);
  }

  @Test
  void allNodesTakeTheSameInTheSameOrder() throws Exception {
    try (Engine engine = engine()) {
      for (int node = 1; node <= NODES; node++) {
        engine.start(node);
      }
      List<Bytes> applied = propose(engine, "a", 30);
      engine.settle();
      assertAgreement(engine, applied, 1, 2, 3);

      // One that was away takes what it missed, after what it had, and no more.
      int away = engine.awaitLeader() == 1 ? 2 : 1;
      engine.stop(away);
      applied.addAll(propose(engine, "b", 20));
      engine.start(away);
      engine.settle();
      assertAgreement(engine, applied, 1, 2, 3);

      // The leader goes: the others go on without losing anything.
      int leader = engine.awaitLeader();
      engine.stop(leader);
      applied.addAll(propose(engine, "c", 10));
      engine.start(leader);
      engine.settle();
      assertAgreement(engine, applied, 1, 2, 3);

      // One whose store had not written the newest gets them again.
      engine.stop(away);
      engine.log(away).lose(5);
      engine.start(away);
      applied.addAll(propose(engine, "d", 5));
      engine.settle();
      assertAgreement(engine, applied, 1, 2, 3);

      handsOver(engine);
    }
  }

  private static void handsOver(Engine engine) throws Exception {
    int leader = engine.awaitLeader();
    int other = leader % NODES + 1;
    for (int attempt = 0; attempt < 20 && engine.awaitLeader() == leader; attempt++) {
      engine.orderer(leader).handOver(other);
      propose(engine, "e" + attempt + "-", 1);
    }
    assertTrue(engine.awaitLeader() != leader, "leadership moves on request");
  }

  @Test
  void whoDoesNotLeadOrdersNothing() throws Exception {
    try (Engine engine = engine()) {
      for (int node = 1; node <= NODES; node++) {
        engine.start(node);
      }
      propose(engine, "a", 3);
      int follower = engine.awaitLeader() % NODES + 1;
      Bytes stray = payload("stray");
      assertEquals(Orderer.Fate.UNKNOWN, engine.orderer(follower).propose(stray).get());
    }
  }
}
