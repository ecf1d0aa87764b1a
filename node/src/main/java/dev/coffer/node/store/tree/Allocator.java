package dev.coffer.node.store.tree;

import dev.coffer.protocol.codec.Invariant;

/**
 * Hands out slots for new pages and records. None is ever given back: records are never removed
 * (PROTOCOL.md §12.2). Not thread-safe.
 */
public final class Allocator {
  private int nextPage;
  private int nextRecord;

  /** Goes on from these; slot 0 means "nowhere". */
  public Allocator(int nextPage, int nextRecord) {
    this.nextPage = nextPage;
    this.nextRecord = nextRecord;
  }

  /** A slot for a page. */
  public int newPage() {
    Invariant.check(nextPage < Integer.MAX_VALUE, "a partition has fewer than 2^31 pages");
    return nextPage++;
  }

  /** A slot for a record. */
  public int newRecord() {
    Invariant.check(nextRecord < Integer.MAX_VALUE, "a partition has fewer than 2^31 records");
    return nextRecord++;
  }

  /** The first page slot never given out. */
  public int nextPage() {
    return nextPage;
  }

  /** The first record slot never given out. */
  public int nextRecord() {
    return nextRecord;
  }
}
