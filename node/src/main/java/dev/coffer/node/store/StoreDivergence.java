package dev.coffer.node.store;

/**
 * The root that follows from the HSM's new records is not the root the HSM states, or the entry
 * does not follow the newest one. Nothing was changed. Next step: keep everything for inspection
 * and, if the HSM's chain is certified, synchronise from a peer.
 */
public final class StoreDivergence extends StoreFault {
  private static final long serialVersionUID = 1L;

  /** {@code what} names the value that differs. */
  public StoreDivergence(String what) {
    super("store diverges from its HSM: " + what + "; stop, keep the files, compare with a peer");
  }
}
