package dev.coffer.node.core;

import dev.coffer.node.order.Orderer;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leader whose own HSM is dead or silent, or whose disk is full, lets another lead; where no
 * other would be better, it stays, so that leadership does not wander. Not thread-safe but for
 * {@link #resign}.
 */
final class Leading {
  private static final Logger LOG = LoggerFactory.getLogger(Leading.class);
  private static final long UNFIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  private final NodeContext context;
  private final int partition;
  private final Orderer orderer;
  private final Serving serving;
  private final ChainPositions positions;
  private long unfitSince;
  private boolean unfit;

  Leading(
      NodeContext context,
      int partition,
      Orderer orderer,
      Serving serving,
      ChainPositions positions) {
    this.context = context;
    this.partition = partition;
    this.orderer = orderer;
    this.serving = serving;
    this.positions = positions;
  }

  /**
   * Looks whether another should lead.
   *
   * @param maySign whether the own HSM speaks
   */
  void look(boolean maySign) {
    boolean fit = maySign && serving.mayOrder();
    int better = better(maySign);
    if (fit || better == 0 || !orderer.leadership().mine()) {
      unfit = false;
    } else if (!unfit) {
      unfit = true;
      unfitSince = context.clock().nanos();
    } else if (context.clock().nanos() - unfitSince > UNFIT_NANOS) {
      unfit = false;
      handOver(better);
    }
  }

  /** The partition has stopped here: any other shall lead. */
  void resign() {
    int better = better(false);
    if (orderer.leadership().mine() && better != 0) {
      handOver(better);
    }
  }

  /** Who may order; if the own HSM is silent or stopped, whoever lives is better. */
  private int better(boolean maySign) {
    int others = serving.live() & ~(1 << (context.self() - 1));
    int may = positions.mayLead(partition) & others;
    return may != 0 || maySign ? may : others;
  }

  private void handOver(int better) {
    int node = Integer.numberOfTrailingZeros(better) + 1;
    LOG.warn("Partition {}: handing leadership over to node {}", partition, node);
    orderer.handOver(node);
  }
}
