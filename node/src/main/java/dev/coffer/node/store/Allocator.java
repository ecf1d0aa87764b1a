package dev.coffer.node.store;

import dev.coffer.protocol.codec.Invariant;

/**
 * Hands out slots for new pages and records. None is ever given back: records are never removed
 * (PROTOCOL.md §12.2). Not thread-safe.
 */
final class Allocator {
  private int nextPage;
  private int nextRecord;

  /** Goes on from these; slot 0 means "nowhere". */
  Allocator(int nextPage, int nextRecord) {
    this.nextPage = nextPage;
    this.nextRecord = nextRecord;
  }

  int newPage() {
    Invariant.check(nextPage < Integer.MAX_VALUE, "a partition has fewer than 2^31 pages");
    return nextPage++;
  }

  int newRecord() {
    Invariant.check(nextRecord < Integer.MAX_VALUE, "a partition has fewer than 2^31 records");
    return nextRecord++;
  }

  int nextPage() {
    return nextPage;
  }

  int nextRecord() {
    return nextRecord;
  }
}
