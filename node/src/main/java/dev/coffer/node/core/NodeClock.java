package dev.coffer.node.core;

import java.time.Instant;

/** The port through which time comes in. Thread-safe. */
public interface NodeClock {
  /** A clock for intervals, in nanoseconds from an arbitrary origin; never goes backwards. */
  long nanos();

  /** The date and time, for logins. */
  Instant now();

  /** The machine's clocks. */
  static NodeClock system() {
    return new NodeClock() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public Instant now() {
        return Instant.now();
      }
    };
  }
}
