package dev.coffer.node.store;

/**
 * The store cannot go on. Never an expected outcome: the node that sees one stops serving the
 * partition (a hole in the chain would be worse than silence, docs/replication.md rule 3). The
 * message names the next step and holds no record data.
 */
public abstract sealed class StoreFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private StoreFault(String message, Throwable cause) {
    super(message, cause);
  }

  private StoreFault(String message) {
    super(message);
  }

  /**
   * What the disk gave back is not what was written: bit rot, a torn file, a foreign hand. Next
   * step: fetch the damaged parts from a peer ({@code dev.coffer.node.sync}).
   */
  public static final class Corrupt extends StoreFault {
    private static final long serialVersionUID = 1L;

    /** {@code what} names the damaged part. */
    public Corrupt(String what) {
      super("store corrupt: " + what + "; synchronise this partition from a peer");
    }

    /** {@code what} names the damaged part. */
    public Corrupt(String what, Throwable cause) {
      super("store corrupt: " + what + "; synchronise this partition from a peer", cause);
    }
  }

  /**
   * The root that follows from the HSM's new records is not the root the HSM states, or the entry
   * does not follow the newest one. Nothing was changed. Next step: keep everything for inspection
   * and, if the HSM's chain is certified, synchronise from a peer.
   */
  public static final class Divergence extends StoreFault {
    private static final long serialVersionUID = 1L;

    /** {@code what} names the value that differs. */
    public Divergence(String what) {
      super("store diverges from its HSM: " + what + "; stop, keep the files, compare with a peer");
    }
  }

  /**
   * The disk refuses: full, failing, locked by another process, or the store is closed. What was
   * reported durable is safe. Next step: free the disk or end the other process, then start again.
   */
  public static final class Unavailable extends StoreFault {
    private static final long serialVersionUID = 1L;

    /** {@code what} names the operation. */
    public Unavailable(String what) {
      super("store unavailable: " + what + "; see to the disk, then start the node again");
    }

    /** {@code what} names the operation. */
    public Unavailable(String what, Throwable cause) {
      super("store unavailable: " + what + "; see to the disk, then start the node again", cause);
    }
  }

  /**
   * The directory holds the store of another fleet, another number of partitions or a newer format.
   * Nothing was changed. Next step: point the node at its own directory.
   */
  public static final class Foreign extends StoreFault {
    private static final long serialVersionUID = 1L;

    /** {@code what} names the difference. */
    public Foreign(String what) {
      super("not this node's store: " + what + "; check the configured directory and fleet");
    }
  }
}
