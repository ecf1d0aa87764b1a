package dev.coffer.node.order;

import dev.coffer.protocol.codec.Bytes;
import java.util.concurrent.CompletableFuture;

/**
 * The port that puts one partition's payloads into one order for all nodes and hands them to each
 * node's {@link OrderedLog}.
 *
 * <p>Guarantees while a majority of the disks keep what they have written: all nodes take the same
 * payloads in the same order, at ascending positions. Not guaranteed: that a payload is taken once,
 * that a failed proposal was not taken, or that what was taken is still there after a majority lost
 * its disks. Thread-safe.
 */
public interface Orderer extends AutoCloseable {
  /** What became of a proposal. */
  enum Fate {
    /** Ordered, and this node's log has completed it. */
    APPLIED,
    /** Not known: ordered once, several times, never, or later. Whoever cares proposes again. */
    UNKNOWN
  }

  /**
   * Who leads, as far as this node knows.
   *
   * @param node the leader, 0 while there is none
   * @param mine whether this node leads and may propose
   */
  record Leadership(int node, boolean mine) {
    /** Nobody leads. */
    public static final Leadership NONE = new Leadership(0, false);
  }

  /**
   * Asks for {@code payload} to be ordered; at most 1 MiB − 4 KiB. Never completes exceptionally.
   */
  CompletableFuture<Fate> propose(Bytes payload);

  /** The current view. */
  Leadership leadership();

  /** Whether this node is a voter, and the change that made it one is over, as far as it knows. */
  boolean voting();

  /** Asks the engine to let {@code node} lead instead, if this node leads. Best effort. */
  void handOver(int node);

  /**
   * As leader: takes node {@code node} out of the voters, or puts it in under {@code incarnation}.
   * Blocks until done.
   *
   * @param incarnation 0 to take it out
   * @return whether the voters are as asked now
   */
  boolean changeVoter(int node, long incarnation) throws InterruptedException;

  @Override
  void close();
}
