package dev.coffer.node.core;

import dev.coffer.node.store.StoreFault;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a read met what the disk has spoilt: has all of the partition looked at, and what is
 * damaged fetched from the peers. Clients are served through the other nodes meanwhile.
 * Thread-safe.
 */
final class Mending {
  private static final Logger LOG = LoggerFactory.getLogger(Mending.class);

  private final NodeContext context;
  private final int partition;
  private final PartitionHealth health;
  private final Chain chain;
  private final Work work;
  private final AtomicBoolean under = new AtomicBoolean();

  /** The last time that the store was suspected, all of it was sound. */
  private volatile boolean foundSound;

  /** Looks, and fetches what is damaged. */
  @FunctionalInterface
  interface Work {
    /** Returns false if nothing is damaged. */
    boolean mend() throws InterruptedException;
  }

  Mending(NodeContext context, int partition, PartitionHealth health, Chain chain, Work work) {
    this.context = context;
    this.partition = partition;
    this.health = health;
    this.chain = chain;
    this.work = work;
  }

  /** Mends on a thread of its own, unless one does. */
  void found(StoreFault.Corrupt what) {
    if (health.running() && under.compareAndSet(false, true)) {
      health.soon(
          "mend-" + partition,
          () -> {
            try {
              mend(what);
            } finally {
              under.set(false);
            }
          });
    }
  }

  /** Mends; blocks until it is done, which may take peers that are away now. */
  void mend(StoreFault.Corrupt what) throws InterruptedException {
    LOG.error("Partition {}: {}", partition, what.getMessage());
    context.meters().event("store_rotten");
    chain.exclusively(() -> {
      if (work.mend()) {
        foundSound = false;
      } else if (foundSound) {
        health.stop(
            "reads of the store give what was never written, and looking at all of it finds nothing"
                + " wrong: look at this machine's memory and disk, then start the node again",
            null);
      } else {
        // Another thread had it mended meanwhile; or it passes.
        foundSound = true;
      }
    });
  }

  /** An entry was captured: what was read for it was sound. */
  void over() {
    foundSound = false;
  }
}
