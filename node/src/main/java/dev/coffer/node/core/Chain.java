package dev.coffer.node.core;

import dev.coffer.node.order.OrderedLog;
import dev.coffer.node.order.Orderer;
import dev.coffer.node.store.EntryResult;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.Proof;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.StoredEntry;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's chain on this node: takes ordered payloads, has the own HSM capture them, and
 * stores the results (docs/replication.md rules 2, 3 and 7). One thread applies. Trouble that
 * passes (a dead HSM, a full window) blocks it, and through the bounded queue the ordering engine;
 * trouble that stays stops the chain and keeps everything for inspection.
 */
final class Chain implements OrderedLog {
  private static final Logger LOG = LoggerFactory.getLogger(Chain.class);
  private static final int QUEUE = 8;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** Refusals of one entry for want of certificates before the whole state is fetched: 5 s. */
  private static final int FULL_MAX = 200;

  /** What the chain tells the rest of the node. */
  interface Watcher {
    /** An entry has been captured and applied. Apply thread. */
    void captured(CapturedEntry entry);

    /**
     * A certificate came along with an entry; not verified. {@code needed}: the window may be
     * closing. Apply thread.
     */
    void carried(Certificate certificate, boolean needed) throws InterruptedException;

    /**
     * Whether the fleet has certified so much beyond entry {@code k} that this HSM's window cannot
     * open any more.
     */
    boolean leftBehind(long k);

    /**
     * Store and HSM are not within reach of each other's entries: make them meet. Apply thread, or
     * the engine's.
     */
    void synchronise() throws InterruptedException;

    /** Someone leads or nobody does. */
    void leadership(Orderer.Leadership now);

    /** This chain stands still until an operator looks. */
    void stopped(String why);

    /** The process cannot go on. */
    void broken(String what, Throwable cause);
  }

  private record Item(OrderPosition at, @Nullable Bytes payload, CompletableFuture<Void> done) {}

  private final Site site;
  private final int partition;
  private final RecordStore store;
  private final RecentEntries recent;
  private final Watcher watcher;
  private final Mailbox<Item> queue;

  /** A lock: never two apply at once. */
  private final Mailbox<Boolean> applying;

  private volatile OrderPosition taken;
  private volatile @Nullable String stopped;

  Chain(Site site, int partition, RecordStore store, RecentEntries recent, Watcher watcher) {
    this.site = site;
    this.partition = partition;
    this.store = store;
    this.recent = recent;
    this.watcher = watcher;
    this.queue = site.threads().mailbox(QUEUE);
    this.applying = site.threads().mailbox(1);
    this.taken = store.position().order();
  }

  /** Why this chain stands still; null while it runs. */
  @Nullable String stopped() {
    return stopped;
  }

  /** Stops for good: nothing is applied any more, nothing is thrown away. */
  void stop(String why) {
    if (stopped == null) {
      stopped = why;
      LOG.error("Partition {} has stopped: {}", partition, why);
      site.meters().event("chain_stopped");
      watcher.stopped(why);
    }
  }

  /** Whether everything taken has been applied. */
  boolean idle() {
    return store.position().order().index() >= taken.index();
  }

  /** Fills what is kept in memory with what the store kept of the newest entries. */
  void restore() {
    long newest = store.position().values().k();
    for (long k = Math.max(1, newest - Limits.RING + 1); k <= newest; k++) {
      StoredEntry entry = store.entry(k).orElse(null);
      if (entry != null) {
        recent.add(
            new CapturedEntry(
                entry.values(),
                entry.leaves(),
                List.of(),
                entry.statement(),
                site.clock().nanos()));
      }
    }
  }

  @Override
  public CompletableFuture<Void> take(OrderPosition at, Bytes payload) {
    return put(at, payload);
  }

  @Override
  public void skip(OrderPosition at) {
    CompletableFuture<Void> ignored = put(at, null);
  }

  private CompletableFuture<Void> put(OrderPosition at, @Nullable Bytes payload) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      queue.put(new Item(at, payload, done));
      taken = at;
    } catch (InterruptedException e) {
      // The node is stopping. Never completing is right: the entry comes again after the start.
      Thread.currentThread().interrupt();
    }
    return done;
  }

  @Override
  public OrderPosition durable() {
    return store.durable().order();
  }

  @Override
  public OrderPosition taken() {
    return taken;
  }

  @Override
  public OrderPosition catchUp(long first) throws InterruptedException {
    applying.put(true);
    try {
      watcher.synchronise();
      store.sync();
    } catch (StoreFault e) {
      watcher.broken("the store", e);
      throw e;
    } finally {
      applying.clear();
    }
    OrderPosition reached = store.durable().order();
    if (reached.index() > taken.index()) {
      taken = reached;
    }
    return reached;
  }

  @Override
  public void leadership(Orderer.Leadership now) {
    watcher.leadership(now);
  }

  @Override
  public void broken(String what, Throwable cause) {
    watcher.broken(what, cause);
  }

  /**
   * Applies until interrupted, or until the chain stops: then the queue fills, and the engine
   * waits.
   */
  void run() {
    try {
      while (stopped == null) {
        Item item = queue.take();
        applying.put(true);
        try {
          apply(item);
        } finally {
          applying.clear();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void apply(Item item) throws InterruptedException {
    boolean apart = false;
    while (stopped == null) {
      try {
        if (apart) {
          watcher.synchronise();
          apart = false;
        }
        if (item.at().index() <= store.position().order().index()) {
          // A repetition, or a synchronisation has overtaken it.
        } else if (item.payload() == null) {
          store.advance(item.at());
        } else {
          ordered(item.at(), item.payload());
        }
        item.done().complete(null);
        return;
      } catch (OutOfStep e) {
        LOG.warn(
            "Partition {}: the HSM is at another entry than the store; synchronising with the peers",
            partition);
        site.meters().event("synchronised");
        apart = true;
      } catch (StoreFault e) {
        stop(String.valueOf(e.getMessage()));
        watcher.broken("the store", e);
      } catch (Stop e) {
        stop(String.valueOf(e.getMessage()));
      }
    }
    // Stopped: the item is never completed, so that the engine does not go on past it.
  }

  private void ordered(OrderPosition at, Bytes payload)
      throws InterruptedException, OutOfStep, Stop {
    Envelope envelope;
    try {
      envelope = Envelope.decode(payload);
    } catch (Rejected e) {
      // Every node sees the same octets and skips them alike.
      site.meters().event("envelope_malformed");
      store.advance(at);
      return;
    }
    long k = store.position().values().k() + 1;
    if (envelope.certificate().isPresent()) {
      watcher.carried(envelope.certificate().get(), false);
    }
    long began = site.clock().nanos();
    HsmPort.Capture capture = capture(k, envelope);
    store.apply(EntryResult.of(envelope.entry(), capture, at));
    long now = site.clock().nanos();
    site.meters().captured(capture.leaves().size(), now - began);
    CapturedEntry entry =
        new CapturedEntry(
            capture.values(), capture.leaves(), envelope.routes(), capture.statement(), now);
    recent.add(entry);
    watcher.captured(entry);
  }

  private HsmPort.Capture capture(long k, Envelope envelope)
      throws InterruptedException, OutOfStep, Stop {
    List<TreeKey> touched = touched(envelope.entry());
    for (int full = 0; ; ) {
      Proof proof = store.prove(touched);
      try {
        return site.hsm()
            .capture(partition, k, envelope.entry(), proof.records(), proof.multiproof().encode());
      } catch (Rejected e) {
        switch (e.code()) {
          case WINDOW_FULL -> {
            full++;
            if (full > FULL_MAX && watcher.leftBehind(k)) {
              throw new OutOfStep();
            }
            if (envelope.certificate().isPresent()) {
              watcher.carried(envelope.certificate().get(), true);
            }
          }
          case NOT_IN_RING -> throw new OutOfStep();
          case FORK ->
              throw new Stop(
                  "the HSM has captured another entry " + k + " than the one ordered now");
          case BAD_PROOF ->
              throw new Stop(
                  "the store's records do not belong to the HSM's root before entry " + k);
          default -> {
            LOG.warn("The HSM refuses to capture entry {}: {}", k, e.code());
            site.meters().event("capture_refused");
          }
        }
      } catch (Invariant.Broken e) {
        throw e;
      } catch (RuntimeException e) {
        // The HSM is away; it is started again, and gives the same octets for the same entry.
        LOG.debug("The HSM could not capture entry {}: {}", k, e.toString());
      }
      site.threads().sleep(PAUSE_NANOS);
      if (stopped != null) {
        throw new Stop("stopped");
      }
    }
  }

  private static List<TreeKey> touched(Bytes entry) {
    try {
      return Entry.decode(entry).touched();
    } catch (Rejected unparsable) {
      return List.of();
    }
  }

  /** HSM and store are not within reach of each other. */
  private static final class OutOfStep extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Trouble that stays. */
  private static final class Stop extends Exception {
    private static final long serialVersionUID = 1L;

    Stop(String why) {
      super(why);
    }
  }
}
