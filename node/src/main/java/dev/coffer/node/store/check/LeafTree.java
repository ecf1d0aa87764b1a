package dev.coffer.node.store.check;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.tree.PartialTree;
import dev.coffer.protocol.tree.PartialTree.Node;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The root over records that come one after the other, ascending, in memory that does not grow with
 * their number. A second way to the same root as {@link RecordTree}, which shares nothing with the
 * first but the hash of a node. Not thread-safe.
 */
final class LeafTree {
  private record Leaf(TreeKey key, Bytes ciphertextHash) {}

  /** A left side whose right side is still to come. */
  private record Pending(int depth, Bytes hash) {}

  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private Optional<Leaf> last = Optional.empty();

  /** Bits the last leaf shares with the one before; −1 if there is none. */
  private int sharedBefore = -1;

  /** Adds a record whose name comes after all before it. */
  void add(TreeKey key, Bytes ciphertextHash) {
    if (last.isPresent()) {
      int shared = shared(last.get().key(), key);
      Invariant.check(
          shared < Limits.TREE_DEPTH && key.value().bit(shared) == 1, "records come ascending");
      pending.push(new Pending(shared + 1, upTo(shared)));
      sharedBefore = shared;
    }
    last = Optional.of(new Leaf(key, ciphertextHash));
  }

  /** The root over all that were added. */
  Bytes root() {
    return last.isEmpty() ? Bytes.zeros(Limits.DIGEST) : upTo(-1);
  }

  /**
   * The hash of the subtree that ends with the last leaf, one level below where the next leaf,
   * which shares {@code sharedAfter} bits with it, forks off.
   */
  private Bytes upTo(int sharedAfter) {
    Leaf leaf = last.orElseThrow();
    Bytes hash = PartialTree.hash(new Node.Leaf(leaf.key(), leaf.ciphertextHash()));
    for (int depth = Math.max(sharedBefore, sharedAfter) + 1; depth > sharedAfter + 1; depth--) {
      Node here = new Node.Hashed(hash);
      Node beside = new Node.Empty();
      boolean right = leaf.key().value().bit(depth - 1) == 1;
      if (right && !pending.isEmpty() && pending.peek().depth() == depth) {
        beside = new Node.Hashed(pending.pop().hash());
      }
      hash = PartialTree.hash(right ? new Node.Inner(beside, here) : new Node.Inner(here, beside));
    }
    return hash;
  }

  private static int shared(TreeKey a, TreeKey b) {
    int bit = 0;
    while (bit < Limits.TREE_DEPTH && a.value().bit(bit) == b.value().bit(bit)) {
      bit++;
    }
    return bit;
  }
}
