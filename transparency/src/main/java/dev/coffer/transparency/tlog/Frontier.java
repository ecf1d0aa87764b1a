package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is needed to append to a tree: its size, and the roots of the complete subtrees that
 * make it up, the largest first. At most 63 hashes. Immutable and thread-safe.
 */
public final class Frontier {
  /** The tree without leaves. */
  public static final Frontier EMPTY = new Frontier(0, List.of());

  /** Hears of every node that an append completes, leaves included. */
  @FunctionalInterface
  public interface Sink {
    /** The complete subtree over the leaves {@code [index·2^level, (index+1)·2^level)}. */
    void completed(int level, long index, Bytes hash);
  }

  private final long size;
  private final List<Bytes> peaks;

  private Frontier(long size, List<Bytes> peaks) {
    this.size = size;
    this.peaks = List.copyOf(peaks);
  }

  /** A frontier that was stored: one peak for each bit set in {@code size}, the largest first. */
  public static Frontier of(long size, List<Bytes> peaks) {
    Invariant.check(size >= 0 && peaks.size() == Long.bitCount(size), "a peak for each bit");
    return new Frontier(size, peaks);
  }

  /** The frontier of the first {@code size} leaves of a stored tree. */
  public static Frontier read(HashReader hashes, long size) throws IOException, Refused {
    List<Bytes> peaks = new ArrayList<>();
    long from = 0;
    for (long rest = size; rest > 0; rest -= Long.highestOneBit(rest)) {
      int level = Long.SIZE - 1 - Long.numberOfLeadingZeros(rest);
      peaks.add(hashes.hash(level, from >>> level));
      from += 1L << level;
    }
    return new Frontier(size, peaks);
  }

  /** Number of leaves. */
  public long size() {
    return size;
  }

  /** The roots of the complete subtrees, the largest first. */
  public List<Bytes> peaks() {
    return peaks;
  }

  /** This tree with one more leaf. */
  public Frontier append(Bytes leafHash) {
    return append(leafHash, (level, index, hash) -> {});
  }

  /** This tree with one more leaf; {@code sink} hears of every node that this completes. */
  public Frontier append(Bytes leafHash, Sink sink) {
    Invariant.check(leafHash.size() == Tlog.HASH && size < Long.MAX_VALUE, "a leaf's hash");
    List<Bytes> next = new ArrayList<>(peaks);
    Bytes hash = leafHash;
    int level = 0;
    sink.completed(0, size, hash);
    for (long rest = size; (rest & 1) == 1; rest >>>= 1) {
      hash = Tlog.nodeHash(next.remove(next.size() - 1), hash);
      level++;
      sink.completed(level, size >>> level, hash);
    }
    next.add(hash);
    return new Frontier(size + 1, next);
  }

  /** The root of the tree. */
  public Bytes root() {
    if (size == 0) {
      return Tlog.EMPTY_ROOT;
    }
    Bytes root = peaks.get(peaks.size() - 1);
    for (int i = peaks.size() - 2; i >= 0; i--) {
      root = Tlog.nodeHash(peaks.get(i), root);
    }
    return root;
  }
}
