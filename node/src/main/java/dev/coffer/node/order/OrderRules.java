package dev.coffer.node.order;

/** How many nodes of a fleet decide what about its order (docs/replication.md rules 4 and 14). */
public final class OrderRules {
  /** The highest number of an order: its positions, which begin at N · 2²⁰, are numbers yet. */
  public static final long NUMBER_MAX = 1L << 42;

  /**
   * So far beyond its order's number a term is believed: 27 years of five elections a second. Less
   * than {@link #NUMBER_MAX}, so there is a higher order whatever a lying node had terms rise to.
   */
  static final long TERMS_MAX = 1L << 32;

  private OrderRules() {}

  /** A majority of n nodes: no fewer voters may be left, see {@link Orderer#changeVoter}. */
  public static int majority(int n) {
    return n / 2 + 1;
  }

  /** The fewest nodes that can have a leader: a majority of the fewest voters. */
  public static int fewestThatLead(int n) {
    return majority(majority(n));
  }

  /**
   * The fewest nodes that may found a new order: once these have left the old one for good, those
   * that are away can never have a leader in it.
   */
  public static int fewestFounders(int n) {
    return n - fewestThatLead(n) + 1;
  }
}
