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

  private boolean lives(int node, Heard last) {
    boolean fresh = fresh(last);
    boolean linked = node == context.self() || context.peers().reachable(node);
    return fresh && linked && last.beat().speaking();
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
