package dev.coffer.node.core;

import dev.coffer.node.core.Messages.VoterWanted;
import dev.coffer.node.core.OrderStanding.Phase;
import dev.coffer.node.order.OrderRules;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks whoever leads to take this node's old voter out or put its new one in, until it is done. */
final class Rejoining {
  private static final Logger LOG = LoggerFactory.getLogger(Rejoining.class);
  private static final Duration DEADLINE = Duration.ofSeconds(12);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** So long it has to look as if nobody could ever let this node in. */
  private static final long HOPE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final NodeContext context;
  private final Standings standings;

  Rejoining(NodeContext context, Standings standings) {
    this.context = context;
    this.standings = standings;
  }

  /**
   * Has this node taken out of the order of that number, whatever its name was; blocks until it is.
   *
   * @return false if the others take part in a newer order
   * @throws IOException with one sentence if too many have forgotten for a leader to be
   */
  boolean leave(long order) throws IOException, InterruptedException {
    standings.stand(order, Phase.FORGOTTEN, Bytes.EMPTY);
    long hopeful = context.clock().nanos();
    // The last words count of whoever has given up before this node.
    Map<Integer, OrderStanding> told = new HashMap<>();
    for (int partition = 0; partition < context.fleet().settings().partitions(); partition++) {
      Bytes question = new VoterWanted(partition, 0).encode();
      while (!asked(question)) {
        told.putAll(standings.others());
        if (OrderStanding.newest(told.values(), context.n()) > order) {
          return false;
        }
        if (!leaderless(told)) {
          hopeful = context.clock().nanos();
        } else if (context.clock().nanos() - hopeful > HOPE_NANOS) {
          throw new IOException(
              "The Raft logs of so many nodes are lost or left behind ("
                  + forgotten(told)
                  + ") that no leader can be, and nobody can let this one in again: stop all nodes, run coffer node"
                  + " rebuild-order, and start them. What HSMs have certified is not lost.");
        }
        context.threads().sleep(PAUSE_NANOS);
      }
    }
    return true;
  }

  private String forgotten(Map<Integer, OrderStanding> told) {
    return IntStream.rangeClosed(1, context.n())
        .filter(node -> node == context.self() || forgotten(told.get(node)))
        .mapToObj(node -> "node " + node)
        .collect(Collectors.joining(", "));
  }

  private static boolean forgotten(@Nullable OrderStanding standing) {
    return standing != null && standing.phase() == Phase.FORGOTTEN;
  }

  /**
   * Whether those who still know their votes are no majority of any set of voters that can be. A
   * set has at least a majority of the fleet (see {@code Orderer.changeVoter}); where it may be one
   * that small, all who remember have to say that they have no leader.
   */
  private boolean leaderless(Map<Integer, OrderStanding> told) {
    int rest = 0;
    boolean allSay = true;
    for (int node : context.others().toArray()) {
      OrderStanding one = told.get(node);
      if (!forgotten(one)) {
        rest++;
        allSay &= one != null && one.phase() == Phase.VOTES && one.leader() == 0;
      }
    }
    return rest < OrderRules.fewestThatLead(context.n())
        || (allSay && rest < OrderRules.majority(context.n()));
  }

  /** Has this node put in under {@code incarnation}. */
  void join(long incarnation) {
    try {
      change(incarnation);
      LOG.info("This node is among the voters");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void change(long incarnation) throws InterruptedException {
    for (int partition = 0; partition < context.fleet().settings().partitions(); partition++) {
      Bytes question = new VoterWanted(partition, incarnation).encode();
      while (!asked(question)) {
        context.threads().sleep(PAUSE_NANOS);
      }
    }
  }

  private boolean asked(Bytes question) throws InterruptedException {
    for (int node = 1; node <= context.n(); node++) {
      if (node == context.self() || !context.peers().reachable(node)) {
        continue;
      }
      try {
        context.peers().ask(node, PeerMethod.REJOIN, question, DEADLINE);
        return true;
      } catch (Refusal e) {
        LOG.info("Node {} does not change the voters: {}", node, e.detail());
      }
    }
    return false;
  }
}
