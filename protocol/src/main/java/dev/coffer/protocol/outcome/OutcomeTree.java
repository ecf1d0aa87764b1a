package dev.coffer.protocol.outcome;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Hashes;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree over an entry's outcome leaves: RFC 6962's shape (split at the largest power of
 * two below the size), inner = H(0x01 ‖ left ‖ right), the root of no leaves is 32 zero octets.
 * Pure functions.
 */
public final class OutcomeTree {
  private OutcomeTree() {}

  /** The root over {@code leaves}, 32 octets each. */
  public static Bytes root(List<Bytes> leaves) {
    if (leaves.isEmpty()) {
      return Bytes.zeros(Limits.DIGEST);
    }
    if (leaves.size() == 1) {
      return leaves.get(0);
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    return inner(root(leaves.subList(0, split)), root(leaves.subList(split, leaves.size())));
  }

  /** The siblings from leaf {@code position} up to the root: at most 8 hashes. */
  public static List<Bytes> path(List<Bytes> leaves, int position) {
    List<Bytes> path = new ArrayList<>();
    collect(leaves, position, path);
    return List.copyOf(path);
  }

  private static void collect(List<Bytes> leaves, int position, List<Bytes> path) {
    if (leaves.size() == 1) {
      return;
    }
    int split = Integer.highestOneBit(leaves.size() - 1);
    List<Bytes> left = leaves.subList(0, split);
    List<Bytes> right = leaves.subList(split, leaves.size());
    if (position < split) {
      collect(left, position, path);
      path.add(root(right));
    } else {
      collect(right, position - split, path);
      path.add(root(left));
    }
  }

  /**
   * Whether {@code leaf} stands at {@code position} of {@code size} under {@code root}; RFC 9162
   * §2.1.3.2.
   */
  public static boolean contains(Bytes root, int size, int position, Bytes leaf, List<Bytes> path) {
    if (position < 0 || position >= size) {
      return false;
    }
    int at = position;
    int last = size - 1;
    Bytes hash = leaf;
    for (Bytes sibling : path) {
      if (last == 0 || sibling.size() != Limits.DIGEST) {
        return false;
      }
      if ((at & 1) == 1 || at == last) {
        hash = inner(sibling, hash);
        while ((at & 1) == 0 && at != 0) {
          at >>>= 1;
          last >>>= 1;
        }
      } else {
        hash = inner(hash, sibling);
      }
      at >>>= 1;
      last >>>= 1;
    }
    return last == 0 && hash.equals(root);
  }

  private static Bytes inner(Bytes left, Bytes right) {
    return Hashes.sha256(new CanonicalWriter().u8(1).raw(left).raw(right));
  }
}
