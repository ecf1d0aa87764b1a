package dev.coffer.node.store;

/**
 * What the disk gave back is not what was written: bit rot, a torn file, a foreign hand. Next step:
 * synchronise the partition from a peer ({@code dev.coffer.node.sync}).
 */
public final class StoreCorrupt extends StoreFault {
  private static final long serialVersionUID = 1L;

  /** {@code what} names the damaged part. */
  public StoreCorrupt(String what) {
    super("store corrupt: " + what + "; synchronise this partition from a peer");
  }

  /** {@code what} names the damaged part. */
  public StoreCorrupt(String what, Throwable cause) {
    super("store corrupt: " + what + "; synchronise this partition from a peer", cause);
  }
}
