package dev.coffer.node.core;

import dev.coffer.node.core.OrderStanding.Phase;
import dev.coffer.node.core.OrderStanding.Place;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says how this node stands to the order, and asks how the others do. Thread-safe. */
final class Standings {
  private static final Logger LOG = LoggerFactory.getLogger(Standings.class);
  private static final Duration DEADLINE = Duration.ofSeconds(1);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private record Own(long number, Phase phase, Bytes agreed) {}

  private final NodeContext context;
  private final IntSupplier leader;
  private volatile Own own = new Own(1, Phase.VOTES, Bytes.zeros(Limits.DIGEST));

  /**
   * @param leader the node that this one takes for the leader, 0 for none
   */
  Standings(NodeContext context, IntSupplier leader) {
    this.context = context;
    this.leader = leader;
  }

  /**
   * From now on.
   *
   * @param agreed empty where this node did not found that order
   */
  void stand(long number, Phase phase, Bytes agreed) {
    own = new Own(number, phase, agreed.size() == 0 ? Bytes.zeros(Limits.DIGEST) : agreed);
  }

  /** How this node stands; unchecked as the HSM's port says while that is away. */
  OrderStanding own() throws Rejected {
    Own now = own;
    List<Place> places = new ArrayList<>();
    for (int partition = 0; partition < context.fleet().settings().partitions(); partition++) {
      ChainValues stored = context.store().partition(partition).position().values();
      ChainValues captured = context.hsm().position(partition).values();
      places.add(new Place(stored.k(), stored.head(), captured.k(), captured.head()));
    }
    return new OrderStanding(now.number(), now.phase(), leader.getAsInt(), now.agreed(), places);
  }

  /**
   * The highest number of an order that a majority takes part in, see {@link OrderStanding#newest}.
   * At most {@code patience} passes until one node has answered, and where one names an order newer
   * than this node's, until all have.
   */
  long newestOrder(Duration patience) throws InterruptedException {
    long until = context.clock().nanos() + patience.toNanos();
    while (true) {
      Map<Integer, OrderStanding> told = others();
      long newest = OrderStanding.newest(told.values(), context.n());
      boolean settled =
          newest > own.number()
              || told.size() == context.n() - 1
              || (!told.isEmpty()
                  && told.values().stream().allMatch(one -> one.number() <= own.number()));
      if (settled || context.clock().nanos() >= until) {
        return newest;
      }
      context.threads().sleep(PAUSE_NANOS);
    }
  }

  /** How each other node stands that answers now. Blocks for a second a node at most. */
  Map<Integer, OrderStanding> others() throws InterruptedException {
    Map<Integer, OrderStanding> told = new TreeMap<>();
    for (int node : context.others().filter(context.peers()::reachable).toArray()) {
      try {
        Bytes answer = context.peers().ask(node, PeerMethod.ORDER, Bytes.EMPTY, DEADLINE);
        told.put(node, OrderStanding.decode(answer));
      } catch (Refusal e) {
        if (e.reason() == Refusal.Reason.NOT_FOUND) {
          // Of a version before this, to which there is only one order.
          told.put(node, OrderStanding.FIRST);
        }
      } catch (Rejected e) {
        LOG.warn("Node {} says something malformed of its order: {}", node, e.code());
      }
    }
    return told;
  }
}
