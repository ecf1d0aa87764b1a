package dev.coffer.node.order;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.codec.Bytes;
import java.util.concurrent.CompletableFuture;

/**
 * What one node does with one partition's ordered payloads. Called by one thread at a time unless a
 * method says otherwise.
 */
public interface OrderedLog {
  /**
   * Takes the next payload. Blocks while too many wait: the engine has no back-pressure of its own.
   * Positions at or below {@link #taken} are repetitions and complete at once.
   *
   * @return completes when the payload has been applied; never exceptionally, since the engine
   *     would go on past the hole
   */
  CompletableFuture<Void> take(OrderPosition at, Bytes payload);

  /** The engine used {@code at} for itself. */
  void skip(OrderPosition at);

  /** The newest position whose effects survive a power cut. Any thread. */
  OrderPosition durable();

  /** The newest position taken or skipped. Any thread. */
  OrderPosition taken();

  /**
   * The leader no longer keeps what this node misses, everything before {@code first}. Brings the
   * state to a position at or after {@code first} − 1 by other means. Blocks; on a thread of its
   * own; nothing is taken meanwhile.
   *
   * @return the durable position reached
   */
  OrderPosition catchUp(long first) throws InterruptedException;

  /** The view of who leads has changed. Any thread; must not block. */
  void leadership(Orderer.Leadership now);

  /**
   * The engine cannot go on (a full or failing disk). Any thread. The process must halt: a zombie
   * leader would stay otherwise.
   */
  void broken(String what, Throwable cause);
}
