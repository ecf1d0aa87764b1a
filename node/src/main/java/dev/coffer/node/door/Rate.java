package dev.coffer.node.door;

import dev.coffer.protocol.codec.Invariant;

/**
 * How often something may happen: {@code perSecond} on average, {@code burst} at once after a
 * pause.
 *
 * @param perSecond 0 for no limit, at most {@value #PER_SECOND_MAX}
 * @param burst 1 to {@value #BURST_MAX}
 */
public record Rate(int perSecond, int burst) {
  /** The largest average. */
  public static final int PER_SECOND_MAX = 1_000_000;

  /** The largest burst. */
  public static final int BURST_MAX = 1_000_000;

  public Rate {
    Invariant.check(perSecond >= 0 && perSecond <= PER_SECOND_MAX, "a rate's average");
    Invariant.check(burst >= 1 && burst <= BURST_MAX, "a rate's burst");
  }

  boolean unlimited() {
    return perSecond == 0;
  }
}
