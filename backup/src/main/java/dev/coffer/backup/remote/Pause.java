package dev.coffer.backup.remote;

import java.time.Duration;

/** The port for waiting between two tries. */
@FunctionalInterface
public interface Pause {
  void of(Duration duration) throws InterruptedException;

  /** Lets the calling thread sleep. */
  static Pause system() {
    return duration -> Thread.sleep(duration.toMillis());
  }
}
