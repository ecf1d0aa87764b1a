package dev.coffer.node.store;

/**
 * The store cannot go on. Never an expected outcome: the node that sees one stops serving the
 * partition (a hole in the chain would be worse than silence, docs/replication.md rule 3). The
 * message names the next step and holds no record data.
 */
public abstract sealed class StoreFault extends RuntimeException
    permits StoreCorrupt, StoreDivergence, StoreUnavailable, StoreForeign {
  private static final long serialVersionUID = 1L;

  StoreFault(String message) {
    super(message);
  }

  StoreFault(String message, Throwable cause) {
    super(message, cause);
  }
}
