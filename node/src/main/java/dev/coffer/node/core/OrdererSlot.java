package dev.coffer.node.core;

import dev.coffer.node.order.Orderer;
import dev.coffer.protocol.codec.Bytes;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Holds the place of the orderer until it has started: it needs the chain first. Thread-safe. */
final class OrdererSlot implements Orderer {
  private volatile @Nullable Orderer filled;

  void fill(Orderer orderer) {
    filled = orderer;
  }

  @Override
  public CompletableFuture<Fate> propose(Bytes payload) {
    Orderer orderer = filled;
    return orderer == null
        ? CompletableFuture.completedFuture(Fate.UNKNOWN)
        : orderer.propose(payload);
  }

  @Override
  public Leadership leadership() {
    Orderer orderer = filled;
    return orderer == null ? Leadership.NONE : orderer.leadership();
  }

  @Override
  public boolean voting() {
    Orderer orderer = filled;
    return orderer != null && orderer.voting();
  }

  @Override
  public void handOver(int node) {
    Orderer orderer = filled;
    if (orderer != null) {
      orderer.handOver(node);
    }
  }

  @Override
  public boolean changeVoter(int node, long incarnation) throws InterruptedException {
    Orderer orderer = filled;
    return orderer != null && orderer.changeVoter(node, incarnation);
  }

  @Override
  public void close() {
    filled = null;
  }
}
