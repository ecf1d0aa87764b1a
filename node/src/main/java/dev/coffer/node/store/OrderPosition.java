package dev.coffer.node.store;

import dev.coffer.protocol.codec.Invariant;

/**
 * Where the ordering engine stood when something was applied: its term and index. Not the chain's k
 * (docs/replication.md rule 1).
 *
 * @param term from 0
 * @param index from -1, which means: nothing ordered yet
 */
public record OrderPosition(long term, long index) {
  /** Nothing ordered yet. */
  public static final OrderPosition NONE = new OrderPosition(0, -1);

  public OrderPosition {
    Invariant.check(term >= 0 && index >= -1, "an order position starts at (0, -1)");
  }
}
