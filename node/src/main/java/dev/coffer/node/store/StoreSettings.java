package dev.coffer.node.store;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;

/**
 * Sizes of a node's store.
 *
 * @param cacheOctets heap for decoded tree pages, all partitions together, at least 1 MiB
 * @param entriesKept recent raw entries kept a partition, {@link Limits#RING} to 64
 * @param lagMax entries that may be applied but not yet durable, 1 to {@link Limits#RING} − 1
 * @param journalOctets size of each of the two journal files, at least 1 MiB: more of it means
 *     fewer and larger writes of the data files, and a longer start after a crash
 * @param heldOctets heap for what is written over while a peer reads a past state, for each of at
 *     most three states held a partition, and for what the entries since the newest certificate
 *     write over; at least 1 MiB
 */
public record StoreSettings(
    long cacheOctets, int entriesKept, int lagMax, long journalOctets, long heldOctets) {
  public StoreSettings {
    Invariant.check(cacheOctets >= 1 << 20, "the page cache has at least 1 MiB");
    Invariant.check(
        entriesKept >= Limits.RING && entriesKept <= 64, "8 to 64 recent entries are kept");
    Invariant.check(
        lagMax >= 1 && lagMax < Limits.RING, "the store may lag its HSM by 1 to 7 entries");
    Invariant.check(heldOctets >= 1 << 20, "a held state may set aside at least 1 MiB");
    Invariant.check(journalOctets >= 1 << 20, "a journal file has at least 1 MiB");
  }

  /** For a node with a small heap (about 96 MiB), as in a local fleet. */
  public static StoreSettings small() {
    return new StoreSettings(8 << 20, 16, 4, 16 << 20, 8 << 20);
  }

  /** For a node of its own machine. */
  public static StoreSettings standard() {
    return new StoreSettings(64 << 20, 64, Limits.RING - 1, 64 << 20, 64 << 20);
  }

  /** The same with another page cache. */
  public StoreSettings withCache(long octets) {
    return new StoreSettings(octets, entriesKept, lagMax, journalOctets, heldOctets);
  }
}
