package dev.coffer.node.door;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A token bucket for each key, as the generic cell rate algorithm (ITU-T I.371) keeps it: one
 * number a key. At most {@code keysMax} keys are known; the one that came least recently is
 * forgotten, as if it had been quiet. Whoever has more keys than that to spend is not held by a
 * limit for each key. Thread-safe.
 */
final class Buckets<K> {
  private final Rate rate;
  private final int keysMax;
  private final long intervalNanos;
  private final long toleranceNanos;

  /** When a key's bucket is full again, by the clock that the callers read. */
  private final Map<K, Long> full = new LinkedHashMap<>(16, 0.75f, true);

  Buckets(Rate rate, int keysMax) {
    this.rate = rate;
    this.keysMax = keysMax;
    this.intervalNanos = rate.unlimited() ? 0 : TimeUnit.SECONDS.toNanos(1) / rate.perSecond();
    this.toleranceNanos = intervalNanos * rate.burst();
  }

  /** Takes a token, if there is one: 0, or the nanoseconds until there would be. */
  long take(K key, long now) {
    return take(key, 1, now);
  }

  /** Takes {@code count} tokens or none: 0, or the nanoseconds until there would be one. */
  synchronized long take(K key, int count, long now) {
    long wait = wait(key, now);
    if (wait == 0 && !rate.unlimited()) {
      // With the last one comes credit for the rest, so that a burst of less than them is of use.
      full.put(key, now + owed(key, now) + count * intervalNanos);
      if (full.size() > keysMax) {
        full.remove(full.keySet().iterator().next());
      }
    }
    return wait;
  }

  /** The nanoseconds until there is a token; 0 if there is one. Takes none. */
  synchronized long wait(K key, long now) {
    return Math.max(owed(key, now) + intervalNanos - toleranceNanos, 0);
  }

  private long owed(K key, long now) {
    Long until = full.get(key);
    return until == null ? 0 : Math.max(until - now, 0);
  }

  synchronized int keys() {
    return full.size();
  }
}
