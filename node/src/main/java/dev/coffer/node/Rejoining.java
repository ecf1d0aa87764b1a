package dev.coffer.node;

import dev.coffer.node.core.VoterChange;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Peers;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.codec.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks whoever leads to take this node's old voter out or put its new one in, until it is done
 * (docs/replication.md rule 4).
 */
final class Rejoining {
  private static final Logger LOG = LoggerFactory.getLogger(Rejoining.class);
  private static final Duration DEADLINE = Duration.ofSeconds(12);
  private static final long PAUSE_MILLIS = 300;

  private final Peers peers;
  private final List<NodeConfig.Member> members;
  private final int self;
  private final int partitions;

  Rejoining(Peers peers, List<NodeConfig.Member> members, int self, int partitions) {
    this.peers = peers;
    this.members = members;
    this.self = self;
    this.partitions = partitions;
  }

  /**
   * @param incarnation 0 to be taken out
   */
  void change(long incarnation) throws InterruptedException {
    for (int partition = 0; partition < partitions; partition++) {
      Bytes question = VoterChange.encode(partition, incarnation);
      while (!asked(question)) {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  /** The same on a thread of its own. */
  void changeSoon(long incarnation) {
    Thread.ofVirtual()
        .name("rejoin")
        .start(() -> {
          try {
            change(incarnation);
            LOG.info("This node is among the voters");
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private boolean asked(Bytes question) throws InterruptedException {
    for (NodeConfig.Member member : members) {
      if (member.node() == self || !peers.reachable(member.node())) {
        continue;
      }
      try {
        peers.ask(member.node(), PeerMethod.REJOIN, question, DEADLINE);
        return true;
      } catch (Refusal e) {
        LOG.info("Node {} does not change the voters: {}", member.node(), e.detail());
      }
    }
    return false;
  }
}
