package dev.coffer.node.core;

import dev.coffer.node.core.Messages.Beat;
import dev.coffer.protocol.codec.Limits;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Where every HSM of the fleet stands, from beats that arrive several times a second. Believed for
 * availability only: it chooses whom to ask, never what counts. Thread-safe.
 */
final class ChainPositions {
  /** A beat older than this says nothing: ten are missing. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

  private record Heard(Beat beat, long nanos) {}

  private record Key(int node, int partition) {}

  private final NodeContext context;
  private final Map<Key, Heard> heard = new ConcurrentHashMap<>();

  ChainPositions(NodeContext context) {
    this.context = context;
  }

  void heard(int node, List<Beat> beats) {
    long now = context.clock().nanos();
    for (Beat beat : beats) {
      if (beat.partition() < context.fleet().settings().partitions()) {
        heard.put(new Key(node, beat.partition()), new Heard(beat, now));
      }
    }
  }

  /** The HSMs that live, speak and keep up with entry {@code k}: bit i−1 for HSM i. */
  int live(int partition, long k) {
    int live = 0;
    for (int node = 1; node <= context.n(); node++) {
      Heard last = heard.get(new Key(node, partition));
      if (last != null && lives(node, last) && last.beat().k() + Limits.RING > k) {
        live |= 1 << (node - 1);
      }
    }
    return live;
  }

  /**
   * Whether {@code node} has said anything lately. A process that stands still keeps its
   * connections and says nothing.
   */
  boolean awake(int node) {
    Heard last = heard.get(new Key(node, 0));
    return last != null && fresh(last);
  }

  private boolean fresh(Heard last) {
    return context.clock().nanos() - last.nanos() < FRESH_NANOS;
  }

  /** The nodes that say that new operations may be ordered while they lead: bit i−1 for node i. */
  int mayLead(int partition) {
    int may = 0;
    for (int node = 1; node <= context.n(); node++) {
      Heard last = heard.get(new Key(node, partition));
      if (last != null && current(node, last) && last.beat().orders()) {
        may |= 1 << (node - 1);
      }
    }
    return may;
  }

  /** Whether a node says that operations which came in there were not certified. */
  boolean doubted(int partition) {
    for (int node = 1; node <= context.n(); node++) {
      Heard last = heard.get(new Key(node, partition));
      if (last != null && current(node, last) && last.beat().doubtful()) {
        return true;
      }
    }
    return false;
  }

  private boolean lives(int node, Heard last) {
    return current(node, last) && last.beat().maySign();
  }

  private boolean current(int node, Heard last) {
    return fresh(last) && (node == context.self() || context.peers().reachable(node));
  }

  /** The node with the newest certificate, 0 if none is newer than {@code certified}. */
  int aheadOf(int partition, long certified) {
    int best = 0;
    long newest = certified;
    for (int node = 1; node <= context.n(); node++) {
      Heard last = heard.get(new Key(node, partition));
      if (node != context.self()
          && last != null
          && last.beat().certified() > newest
          && context.peers().reachable(node)) {
        best = node;
        newest = last.beat().certified();
      }
    }
    return best;
  }
}
