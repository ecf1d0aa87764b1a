package dev.coffer.node.core;

import java.util.concurrent.TimeUnit;

/**
 * Counts what may happen at any rate, so that the log has one line a second of it at most, and that
 * line says how often. Thread-safe.
 */
public final class Occurrences {
  private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private long count;
  private long saidNanos;
  private boolean said;

  /**
   * It has happened again.
   *
   * @param now by the clock for intervals
   * @return how often since that was said last, if it is to be said now; 0 otherwise
   */
  public synchronized long again(long now) {
    count++;
    if (said && now - saidNanos < SAY_NANOS) {
      return 0;
    }
    said = true;
    saidNanos = now;
    long times = count;
    count = 0;
    return times;
  }
}
