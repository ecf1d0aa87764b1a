package dev.coffer.node.core;

import dev.coffer.node.hsm.HsmUnavailable;
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
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one partition's ordered payloads, has the own HSM capture them, and stores the results. It
 * goes one step at a time and tells each time what came of it; what follows is for its caller to
 * decide. While the caller does not go on, the queue fills, and the ordering engine waits.
 */
final class Chain {
  private static final Logger LOG = LoggerFactory.getLogger(Chain.class);
  private static final int QUEUE = 8;

  /** What came of a step. */
  sealed interface Event {
    /** What was taken needs nothing more: it was captured before, or is no entry. */
    record Passed() implements Event {}

    /** The next step captures an entry that came with this certificate, which is not verified. */
    record Carried(Certificate certificate) implements Event {}

    /** An entry has been captured and applied. */
    record Captured(CapturedEntry entry) implements Event {}

    /** The HSM is away; started again, it gives the same octets for the same entry. Step again. */
    record Away() implements Event {}

    /**
     * The HSM may not capture entry {@code k} before it gets a newer certificate. Step again.
     *
     * @param carried the certificate that came with the entry, not verified
     */
    record Full(long k, Optional<Certificate> carried) implements Event {}

    /** Store and HSM are not within reach of each other's entries: make them meet, step again. */
    record Behind() implements Event {}

    /** Trouble that stays: nothing may be applied or thrown away until an operator has looked. */
    record Stuck(String why) implements Event {}

    /** The disk gave back something else than was written: have it fetched again, step again. */
    record Rotten(StoreFault.Corrupt what) implements Event {}

    /** The store has failed: the process cannot go on. */
    record Broken(StoreFault cause) implements Event {}
  }

  private record Item(OrderPosition at, @Nullable Bytes payload, CompletableFuture<Void> done) {}

  /** What is being applied, across the steps that it takes. */
  private static final class Current {
    private final Item item;
    private @Nullable Envelope envelope;
    private boolean applied;

    Current(Item item) {
      this.item = item;
    }
  }

  private final NodeContext context;
  private final int partition;
  private final RecordStore store;
  private final RecentEntries recent;
  private final Mailbox<Item> queue;

  /** A lock: never two apply at once. */
  private final Mailbox<Boolean> applying;

  private volatile OrderPosition taken;
  private @Nullable Current current;

  Chain(NodeContext context, int partition, RecordStore store, RecentEntries recent) {
    this.context = context;
    this.partition = partition;
    this.store = store;
    this.recent = recent;
    this.queue = context.threads().mailbox(QUEUE);
    this.applying = context.threads().mailbox(1);
    this.taken = store.position().order();
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
                context.clock().nanos()));
      }
    }
  }

  /**
   * Takes the next payload; blocks while the queue is full.
   *
   * @param payload null if the engine used {@code at} for itself
   * @return completes once it has been applied, and never otherwise, so that the engine does not go
   *     on past it
   */
  CompletableFuture<Void> take(OrderPosition at, @Nullable Bytes payload) {
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

  /** The newest position taken or skipped. */
  OrderPosition taken() {
    return taken;
  }

  /** Brings store and HSM to another entry. */
  interface Jump {
    /** Blocks until it is done. */
    void run() throws InterruptedException;
  }

  /** Does {@code work} while nothing is applied; afterwards the store may stand further on. */
  void exclusively(Jump work) throws InterruptedException {
    applying.put(true);
    try {
      work.run();
    } finally {
      applying.clear();
    }
  }

  /** After a jump while nothing is taken: the position reached, which counts as taken. */
  OrderPosition reached() {
    OrderPosition reached = store.durable().order();
    if (reached.index() > taken.index()) {
      taken = reached;
    }
    return reached;
  }

  /**
   * Goes one step; waits while nothing is there. What was taken is done with when its caller comes
   * for the next step. For one thread.
   */
  Event step() throws InterruptedException {
    Current before = current;
    if (before != null && before.applied) {
      before.item.done().complete(null);
      current = null;
    }
    Current now = current;
    if (now == null) {
      now = new Current(queue.take());
      current = now;
    }
    applying.put(true);
    try {
      return apply(now);
    } catch (StoreFault.Corrupt e) {
      return new Event.Rotten(e);
    } catch (StoreFault e) {
      return new Event.Broken(e);
    } finally {
      applying.clear();
    }
  }

  private Event apply(Current now) {
    OrderPosition at = now.item.at();
    Bytes payload = now.item.payload();
    Envelope envelope = now.envelope;
    Event came = new Event.Passed();
    if (at.index() <= store.position().order().index()) {
      // A repetition, or a synchronisation has overtaken it.
    } else if (envelope != null) {
      came = capture(now, envelope);
    } else if (payload == null) {
      store.advance(at);
    } else {
      came = opened(now, payload);
    }
    now.applied = came instanceof Event.Passed || came instanceof Event.Captured;
    return came;
  }

  private Event opened(Current now, Bytes payload) {
    Envelope envelope;
    try {
      envelope = Envelope.decode(payload);
    } catch (Rejected e) {
      // Every node sees the same octets and skips them alike.
      context.meters().event("envelope_malformed");
      store.advance(now.item.at());
      return new Event.Passed();
    }
    now.envelope = envelope;
    Optional<Certificate> carried = envelope.certificate();
    return carried.isPresent() ? new Event.Carried(carried.get()) : capture(now, envelope);
  }

  private Event capture(Current now, Envelope envelope) {
    long k = store.position().values().k() + 1;
    long began = context.clock().nanos();
    Proof proof = store.prove(touched(envelope.entry()));
    HsmPort.Capture capture;
    try {
      capture =
          context
              .hsm()
              .capture(
                  partition, k, envelope.entry(), proof.records(), proof.multiproof().encode());
    } catch (Rejected e) {
      return refused(envelope, k, e);
    } catch (HsmUnavailable e) {
      LOG.debug("The HSM could not capture entry {}: {}", k, e.getMessage());
      return new Event.Away();
    }
    store.apply(EntryResult.of(envelope.entry(), capture, now.item.at()));
    long end = context.clock().nanos();
    context.meters().captured(capture.leaves().size(), end - began);
    CapturedEntry entry =
        new CapturedEntry(
            capture.values(), capture.leaves(), envelope.routes(), capture.statement(), end);
    recent.add(entry);
    return new Event.Captured(entry);
  }

  private Event refused(Envelope envelope, long k, Rejected e) {
    return switch (e.code()) {
      case WINDOW_FULL -> new Event.Full(k, envelope.certificate());
      case NOT_IN_RING -> new Event.Behind();
      case FORK ->
          new Event.Stuck("the HSM has captured another entry " + k + " than the one ordered now");
      case BAD_PROOF ->
          new Event.Stuck("the store's records do not belong to the HSM's root before entry " + k);
      case WRONG_PHASE -> new Event.Stuck(HsmRestart.WIPED);
      // Nothing that capturing calls for: this HSM and this node do not speak one language, and
      // asking again would be answered alike.
      case TRUNCATED,
          TRAILING,
          OUT_OF_RANGE,
          NOT_CANONICAL,
          UNKNOWN_TAG,
          BAD_TEXT,
          BAD_ELEMENT,
          BAD_SCALAR,
          BAD_SIGNATURE,
          BAD_CIPHERTEXT,
          BAD_CERTIFICATE,
          BAD_LOGIN,
          WRONG_ADDRESSEE,
          BAD_FOUNDING,
          NOT_YET_HEARD,
          NOT_HELD ->
          new Event.Stuck("the HSM refuses to capture entry " + k + ": " + e.code());
    };
  }

  private static List<TreeKey> touched(Bytes entry) {
    try {
      return Entry.decode(entry).touched();
    } catch (Rejected unparsable) {
      return List.of();
    }
  }
}
