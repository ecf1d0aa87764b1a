package dev.coffer.node.core;

import dev.coffer.node.order.Orderer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether an operation that arrives here now could be certified, and if not, why: the one answer
 * behind {@code /readyz}, the metric and the commands. What can be seen is looked at; what cannot,
 * an engine that takes proposals and orders nothing, shows in operations that end uncertified.
 * After one of those this node is not ready until another certificate comes, and the leader makes
 * an empty entry every two seconds to find out. Thread-safe.
 */
final class Serving {
  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final NodeContext context;
  private final int partition;
  private final Orderer orderer;
  private final PartitionHealth health;
  private final Certification certification;
  private final ChainPositions positions;
  private volatile boolean doubtful;
  private volatile long certifiedNanos;
  private long probedNanos;

  Serving(
      NodeContext context,
      int partition,
      Orderer orderer,
      PartitionHealth health,
      Certification certification,
      ChainPositions positions) {
    this.context = context;
    this.partition = partition;
    this.orderer = orderer;
    this.health = health;
    this.certification = certification;
    this.positions = positions;
    this.certifiedNanos = context.clock().nanos();
    this.probedNanos = certifiedNanos;
  }

  /** The HSMs that live and keep up: bit i−1 for HSM i. */
  int live() {
    return positions.live(partition, certification.certifiedK());
  }

  /** Whether new operations may be ordered while this node leads. */
  boolean mayOrder() {
    return health.running() && context.mayOrder().getAsBoolean();
  }

  /** Why an operation that arrives now would not be certified; empty if it would be. */
  Optional<String> obstacle() {
    int leader = orderer.leadership().node();
    int live = live();
    if (!health.running()) {
      return health.stopped();
    }
    if (Integer.bitCount(live) < context.q()) {
      return Optional.of(tooFew(live));
    }
    if (leader == 0) {
      return Optional.of("no node leads: waiting until one is elected");
    }
    if (!orderer.voting()) {
      return Optional.of("this node has no vote yet: waiting until a leader lets it in");
    }
    boolean orders =
        leader == context.self()
            ? mayOrder()
            : (positions.mayLead(partition) >>> (leader - 1) & 1) == 1;
    if (!orders) {
      return Optional.of(
          "node "
              + leader
              + ", which leads, takes no new operations, and no other can: free disk space");
    }
    return doubtful
        ? Optional.of("operations were not certified in time: waiting for the next certificate")
        : Optional.empty();
  }

  private String tooFew(int live) {
    List<Integer> missing =
        IntStream.rangeClosed(1, context.n())
            .filter(node -> (live >>> (node - 1) & 1) == 0)
            .boxed()
            .toList();
    List<String> troubles = new ArrayList<>();
    missing.forEach(node -> context.peers().trouble(node).ifPresent(troubles::add));
    return "waiting for "
        + context.q()
        + " HSMs that run, speak and keep up: missing are those of nodes "
        + missing.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + (troubles.isEmpty() ? "" : "; " + String.join("; ", troubles));
  }

  /** An operation that came in at {@code began} has ended without an answer. */
  void failed(long began) {
    if (certifiedNanos - began < 0) {
      doubtful = true;
    }
  }

  /** A certificate newer than all before it has been verified. */
  void certified() {
    certifiedNanos = context.clock().nanos();
    doubtful = false;
  }

  /** Whether operations that came in here were lately not certified. */
  boolean doubtful() {
    return doubtful;
  }

  /** Whether this node, which leads, should make an empty entry now. For one thread. */
  boolean probeDue() {
    long now = context.clock().nanos();
    boolean due =
        orderer.leadership().mine()
            && (doubtful || positions.doubted(partition))
            && now - probedNanos > PROBE_NANOS;
    if (due) {
      probedNanos = now;
    }
    return due;
  }
}
