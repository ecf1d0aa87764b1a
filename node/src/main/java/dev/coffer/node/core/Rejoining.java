package dev.coffer.node.core;

import dev.coffer.node.core.Messages.VoterWanted;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Bytes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks whoever leads to take this node's old voter out or put its new one in, until it is done. */
final class Rejoining {
  private static final Logger LOG = LoggerFactory.getLogger(Rejoining.class);
  private static final Duration DEADLINE = Duration.ofSeconds(12);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final NodeContext context;

  Rejoining(NodeContext context) {
    this.context = context;
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

  /**
   * Blocks until it is done.
   *
   * @param incarnation 0 to be taken out
   */
  void change(long incarnation) throws InterruptedException {
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
