package dev.coffer.node.core;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Hashes;
import java.util.ArrayList;
import java.util.List;

/**
 * All paths of one entry's outcome tree at once: 255 hashes for a full entry, where asking {@code
 * OutcomeTree.path} 256 times costs 65,000. Pure.
 */
final class OutcomePaths {
  private OutcomePaths() {}

  /** The path of each leaf, by position. */
  static List<List<Bytes>> of(List<Bytes> leaves) {
    List<List<Bytes>> paths = new ArrayList<>(leaves.size());
    for (int i = 0; i < leaves.size(); i++) {
      paths.add(new ArrayList<>(8));
    }
    if (!leaves.isEmpty()) {
      collect(leaves, 0, leaves.size(), paths);
    }
    return paths;
  }

  /** Returns the hash over [from, to) and has appended every sibling below it. */
  private static Bytes collect(List<Bytes> leaves, int from, int to, List<List<Bytes>> paths) {
    if (to - from == 1) {
      return leaves.get(from);
    }
    int split = from + Integer.highestOneBit(to - from - 1);
    Bytes left = collect(leaves, from, split, paths);
    Bytes right = collect(leaves, split, to, paths);
    for (int i = from; i < to; i++) {
      paths.get(i).add(i < split ? right : left);
    }
    return Hashes.sha256(new CanonicalWriter().u8(1).raw(left).raw(right));
  }
}
