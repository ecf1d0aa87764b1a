package dev.coffer.node.store;

/**
 * The directory holds the store of another fleet, another number of partitions or a newer format.
 * Nothing was changed. Next step: point the node at its own directory.
 */
public final class StoreForeign extends StoreFault {
  private static final long serialVersionUID = 1L;

  /** {@code what} names the difference. */
  public StoreForeign(String what) {
    super("not this node's store: " + what + "; check the configured directory and fleet");
  }
}
