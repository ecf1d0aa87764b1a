package dev.coffer.node.store;

/**
 * The disk refuses: full, failing, locked by another process, or the store is closed. What was
 * reported durable is safe. Next step: free the disk or end the other process, then start again.
 */
public final class StoreUnavailable extends StoreFault {
  private static final long serialVersionUID = 1L;

  /** {@code what} names the operation. */
  public StoreUnavailable(String what) {
    super("store unavailable: " + what + "; see to the disk, then start the node again");
  }

  /** {@code what} names the operation. */
  public StoreUnavailable(String what, Throwable cause) {
    super("store unavailable: " + what + "; see to the disk, then start the node again", cause);
  }
}
