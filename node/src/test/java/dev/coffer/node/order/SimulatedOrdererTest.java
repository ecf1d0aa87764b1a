package dev.coffer.node.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The simulated engine keeps what engines promise, and does everything else it can. */
final class SimulatedOrdererTest extends OrdererConformance {
  private long seed;

  @Override
  Engine engine() {
    return new Simulation(++seed);
  }

  private static final class Simulation implements Engine {
    private final SimulatedOrderer orderer;
    private final Map<Integer, OrderedLogRecorder> logs = new HashMap<>();
    private final Set<Integer> up = new HashSet<>();
    private int leader = 1;

    Simulation(long seed) {
      orderer = new SimulatedOrderer(seed);
    }

    @Override
    public Orderer orderer(int node) {
      return orderer.member(node);
    }

    @Override
    public OrderedLogRecorder log(int node) {
      return logs.computeIfAbsent(node, unused -> new OrderedLogRecorder());
    }

    @Override
    public void start(int node) {
      orderer.start(node, log(node));
      up.add(node);
    }

    @Override
    public void stop(int node) {
      orderer.stop(node);
      up.remove(node);
      if (node == leader) {
        leader = up.iterator().next();
        orderer.lead(leader);
      }
    }

    @Override
    public int awaitLeader() {
      leader = orderer.leader();
      return leader;
    }

    @Override
    public void settle() {
      orderer.settle();
    }

    @Override
    public void close() {}
  }

  @Test
  void itRepeatsDelaysAndForgets() {
    boolean repeated = false;
    boolean unknown = false;
    for (long run = 1; run <= 20; run++) {
      SimulatedOrderer orderer = new SimulatedOrderer(run);
      OrderedLogRecorder log = new OrderedLogRecorder();
      orderer.start(1, log);
      for (int i = 0; i < 30; i++) {
        unknown |=
            orderer.member(1).propose(Bytes.wrap(new byte[] {(byte) i})).join()
                == Orderer.Fate.UNKNOWN;
      }
      orderer.settle();
      List<Bytes> taken = log.payloads();
      repeated |= new HashSet<>(taken).size() < taken.size();
      int before = orderer.size();
      orderer.forget(3);
      assertEquals(before - 3, orderer.size());
    }
    assertTrue(repeated && unknown, "duplicates and unknown fates occur");
  }
}
