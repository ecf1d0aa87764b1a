package dev.coffer.node.core;

import dev.coffer.node.store.StoreFault;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a partition goes on, and what stops it. What passes (an HSM that is away, a full window)
 * is tried again. What stays, and any fault of this program, stops the partition: nothing is
 * applied or thrown away any more, until an operator has looked and starts the node again.
 * Thread-safe.
 */
final class PartitionHealth {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionHealth.class);

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final NodeContext context;
  private final int partition;
  private final Runnable onStop;
  private final AtomicReference<@Nullable String> stopped = new AtomicReference<>();
  private volatile boolean closed;

  PartitionHealth(NodeContext context, int partition, Runnable onStop) {
    this.context = context;
    this.partition = partition;
    this.onStop = onStop;
  }

  /** Why this partition stands still; empty while it runs. */
  Optional<String> stopped() {
    return Optional.ofNullable(stopped.get());
  }

  boolean running() {
    return stopped.get() == null;
  }

  /** Blocks while this partition stands still: until the thread is interrupted. */
  void waitWhileStopped() throws InterruptedException {
    while (!running()) {
      context.threads().sleep(PAUSE_NANOS);
    }
  }

  /**
   * Stops, the first time it is called: says why in the log, in a count and to whoever asks.
   *
   * @param cause the fault of this program that it is, or null
   */
  void stop(String why, @Nullable Throwable cause) {
    if (!closed && stopped.compareAndSet(null, why)) {
      LOG.error("Partition {} has stopped: {}", partition, why, cause);
      context.meters().event(cause == null ? "chain_stopped" : "chain_fault");
      onStop.run();
    }
  }

  /** The node is being closed: what its threads meet from now on is no trouble. */
  void close() {
    closed = true;
  }

  /** What a thread does. */
  interface Work {
    /** Until it is done or interrupted. */
    void run() throws InterruptedException;
  }

  /** Starts a thread that works for as long as the node lives. */
  void lasting(String name, Work work) {
    context.threads().startLasting(name, guarded(name, work));
  }

  /** Starts a light thread. */
  void soon(String name, Work work) {
    context.threads().start(name, guarded(name, work));
  }

  /** Whatever {@code work} did not expect is a fault of this program, and is not tried again. */
  Runnable guarded(String name, Work work) {
    return () -> {
      try {
        work.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (StoreFault e) {
        broken(e);
      } catch (Invariant.Broken e) {
        throw e;
      } catch (RuntimeException e) {
        stop("a fault of this program in " + name + ": see the log, and report it", e);
      }
    };
  }

  /** The store has failed: the process cannot go on. */
  void broken(StoreFault e) {
    stop(String.valueOf(e.getMessage()), null);
    if (!closed) {
      context.broken().accept("the store", e);
    }
  }

  /** What follows when the own HSM refuses anything but the capture of an entry. */
  void refused(String call, Rejected e) {
    switch (e.code()) {
      case NOT_YET_HEARD, NOT_IN_RING, WINDOW_FULL, NOT_HELD ->
          LOG.debug("The HSM does not {} now: {}", call, e.code());
      case WRONG_PHASE -> stop(HsmRestart.WIPED, null);
      // The HSM has verified the certificate before it compared.
      case FORK -> stop(HsmRestart.otherChain("a certificate of its fleet"), null);
      // What was handed to it came from another node, and does not hold.
      case BAD_SIGNATURE, BAD_CERTIFICATE, WRONG_ADDRESSEE, OUT_OF_RANGE -> {
        LOG.warn("The HSM does not {}: {}", call, e.code());
        context.meters().event("hsm_refused");
      }
      // No call of this kind is answered so: HSM and node do not speak one language.
      case TRUNCATED,
          TRAILING,
          NOT_CANONICAL,
          UNKNOWN_TAG,
          BAD_TEXT,
          BAD_ELEMENT,
          BAD_SCALAR,
          BAD_CIPHERTEXT,
          BAD_PROOF,
          BAD_LOGIN,
          BAD_FOUNDING ->
          stop("the HSM does not " + call + ": " + e.code(), null);
    }
  }
}
