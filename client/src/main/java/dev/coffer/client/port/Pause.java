package dev.coffer.client.port;

import java.time.Duration;

/** Waits, and measures. A port, so that tests do not. */
@FunctionalInterface
public interface Pause {
  /** Returns after {@code duration}, or throws when the thread is interrupted. */
  void await(Duration duration) throws InterruptedException;

  /** A monotonic clock in nanoseconds, of the time in which {@link #await} waits. */
  default long nanoTime() {
    return System.nanoTime();
  }

  /** Blocks the calling thread. */
  static Pause blocking() {
    return duration -> Thread.sleep(duration.toMillis());
  }
}
