package dev.coffer.node.core;

import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The newest captured entries of a partition, 64 at most: what can still be certified or released.
 * Thread-safe.
 */
final class RecentEntries {
  private static final int KEPT = 64;

  private final ConcurrentSkipListMap<Long, CapturedEntry> entries = new ConcurrentSkipListMap<>();

  void add(CapturedEntry entry) {
    entries.put(entry.k(), entry);
    while (entries.size() > KEPT) {
      entries.pollFirstEntry();
    }
  }

  Optional<CapturedEntry> get(long k) {
    return Optional.ofNullable(entries.get(k));
  }

  /** After a jump nothing older can be certified here. */
  void clear() {
    entries.clear();
  }
}
