package dev.coffer.backup.s3;

import java.time.Duration;

/** The port for waiting between two tries. */
@FunctionalInterface
interface Pause {
  void of(Duration duration) throws InterruptedException;

  /** Lets the calling thread sleep. */
  static Pause system() {
    return duration -> Thread.sleep(duration.toMillis());
  }
}
