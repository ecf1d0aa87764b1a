package dev.coffer.notary.log;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.tlog.Tlog;
import java.util.List;

/** Complete subtrees in memory. */
final class Subtree {
  private Subtree() {}

  /** The root over hashes of one level, of which there are a power of two. */
  static Bytes root(List<Bytes> hashes) {
    int half = hashes.size() / 2;
    return half == 0
        ? hashes.get(0)
        : Tlog.nodeHash(root(hashes.subList(0, half)), root(hashes.subList(half, 2 * half)));
  }
}
