package dev.coffer.backup.remote;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that goes by with pauses alone. Thread-safe. */
public final class VirtualPause implements Pause {
  private final List<Duration> pauses = new ArrayList<>();
  private long nanos;

  @Override
  public synchronized void of(Duration duration) {
    pauses.add(duration);
    nanos += duration.toNanos();
  }

  /** Lets time go by otherwise. */
  public synchronized void pass(Duration duration) {
    nanos += duration.toNanos();
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  /** The pauses so far, in milliseconds. */
  public synchronized List<Long> millis() {
    return pauses.stream().map(Duration::toMillis).toList();
  }
}
