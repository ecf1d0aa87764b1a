package dev.coffer.backup.s3;

import java.time.Duration;

/** Waits between two tries. */
@FunctionalInterface
interface Pause {
  void of(Duration duration) throws InterruptedException;
}
