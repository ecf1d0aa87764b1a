package dev.coffer.analysis.faults;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.store.EntryResult;
import dev.coffer.node.store.FaultyDisk;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreOnFaultyDisk;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.node.sync.RemoteTree;
import dev.coffer.node.sync.SyncServer;
import dev.coffer.node.sync.Synchroniser;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;

/**
 * One node's store living through a {@link RecordedLife}: entries one by one, statements at once or
 * later, certificates some entries after, a flush now and then, stops in order, and in the middle a
 * long absence after which it fetches a peer's certified state.
 */
final class StoreLife {
  private static final long HELD = 1 << 20;

  private final RecordedLife recorded;
  private final RemoteTree peer;
  private final long awayFrom;
  private final long awayUntil;

  /** What the store has called durable: the HSM went on because of it. */
  private long acknowledged;

  /** How far the HSM has come. */
  private long captured;

  /** The peer the store fetches from holds the state after entry {@code awayUntil}. */
  StoreLife(RecordedLife recorded, RemoteTree peer, long awayFrom, long awayUntil) {
    this.recorded = recorded;
    this.peer = peer;
    this.awayFrom = awayFrom;
    this.awayUntil = awayUntil;
  }

  /** A peer without faults that holds the state after entry {@code k}. */
  static RemoteTree peer(RecordedLife recorded, long k) {
    NodeStore node =
        StoreOnFaultyDisk.open(
            new FaultyDisk(0, FaultyDisk.Failing.DONE), recorded.fleet().id(), HELD);
    RecordStore store = node.partition(0);
    for (long i = 1; i <= k; i++) {
      store.apply(recorded.result(i));
    }
    // Asked for, so that it is held until its certificate comes.
    if (store.view(k).isPresent()) {
      throw new AssertionError("nothing is certified yet");
    }
    store.keepCertificate(recorded.certificate(k));
    SyncServer server = new SyncServer(node, 1);
    return new RemoteTree(
        0,
        question -> {
          try {
            return server.answer(question);
          } catch (Rejected e) {
            throw new AssertionError(e);
          }
        });
  }

  long acknowledged() {
    return acknowledged;
  }

  long captured() {
    return captured;
  }

  /** What the HSM's memory says at this moment. */
  List<ChainClaim> claims() {
    List<ChainClaim> claims = new ArrayList<>();
    for (long k = Math.max(0, captured - Limits.RING + 1); k <= captured; k++) {
      claims.add(new ChainClaim("HSM", recorded.values(k)));
    }
    return claims;
  }

  /** Lives from where the store on {@code disk} stands to the end. */
  void live(FaultyDisk disk) {
    while (true) {
      try (NodeStore node = StoreOnFaultyDisk.open(disk, recorded.fleet().id(), HELD)) {
        RecordStore store = node.partition(0);
        if (store.syncing()) {
          fetch(store);
        }
        boolean stopped = false;
        while (!stopped && store.position().values().k() < recorded.length()) {
          stopped = step(store, store.position().values().k() + 1);
        }
        if (!stopped) {
          return;
        }
      }
      acknowledged = captured;
    }
  }

  /** One entry, or the absence; returns whether the node stops after it. */
  private boolean step(RecordStore store, long k) {
    if (k == awayFrom) {
      fetch(store);
      return false;
    }
    EntryResult result = recorded.result(k);
    if (!store
        .prove(result.touched())
        .records()
        .equals(recorded.book(k - 1).records(result.touched()))) {
      throw new AssertionError("the store hands out a record that is not the newest, at " + k);
    }
    captured = Math.max(captured, k);
    boolean late = k % 3 == 0;
    store.apply(late ? withoutStatement(result) : result);
    if (late) {
      store.keepStatement(result.statement().orElseThrow());
    }
    if (k > 2) {
      store.keepCertificate(recorded.certificate(k - 2));
    }
    if (k % 4 == 0) {
      store.advance(new dev.coffer.node.store.OrderPosition(1, 2 * k + 1));
      store.sync();
      acknowledged = k;
    }
    acknowledged = Math.max(acknowledged, store.durable().values().k());
    return k % 9 == 0;
  }

  private static EntryResult withoutStatement(EntryResult result) {
    return new EntryResult(
        result.values(),
        result.entry(),
        result.touched(),
        result.records(),
        result.leaves(),
        java.util.Optional.empty(),
        result.order());
  }

  private void fetch(RecordStore store) {
    captured = Math.max(captured, awayUntil);
    try {
      Certificate reached = new Synchroniser(recorded.fleet(), 0, store).bring(peer, awayUntil);
      acknowledged = Math.max(acknowledged, reached.values().k());
    } catch (TreeSourceFailure e) {
      throw new AssertionError(e);
    }
  }
}
