package dev.coffer.protocol.tree;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hashes;
import java.util.Optional;

/**
 * A part of the record tree: the paths to the records of one batch, everything beside them reduced
 * to hashes. It proves, against one root, which of those records exist and what they are, and
 * computes the root after they change.
 *
 * <p>The tree is a compact sparse radix tree by {@link TreeKey}, most significant bit first: leaf =
 * H(0x00 ‖ key ‖ H(ciphertext)) at the shortest prefix it owns alone, inner = H(0x01 ‖ left ‖
 * right), empty = 32 zero octets. Leaves are never removed. The encoding is a pre-order walk: 0
 * empty | 1 hash[32] | 2 key[32] H(ciphertext)[32] | 3 left right.
 *
 * <p>Not thread-safe. Depth is at most 256, so recursion is bounded.
 */
public final class PartialTree {
  /** A node. */
  public sealed interface Node {
    /** Nothing below this prefix. */
    record Empty() implements Node {}

    /** A subtree known by its hash alone; never all zeros. */
    record Hashed(Bytes hash) implements Node {}

    /** A record: its name and the hash of its ciphertext. */
    record Leaf(TreeKey key, Bytes ciphertextHash) implements Node {}

    /** Two subtrees. */
    record Inner(Node left, Node right) implements Node {}
  }

  private static final Node.Empty EMPTY = new Node.Empty();

  private Node root;

  private PartialTree(Node root) {
    this.root = root;
  }

  /** A tree of these nodes, for the host that builds one from its store. */
  public static PartialTree of(Node root) {
    return new PartialTree(root);
  }

  /** The tree without records. */
  public static PartialTree empty() {
    return new PartialTree(EMPTY);
  }

  /** H(ciphertext), 32 octets. */
  public static Bytes ciphertextHash(Bytes ciphertext) {
    return Hashes.sha256(ciphertext);
  }

  /** The hash of a node, 32 octets. */
  public static Bytes hash(Node node) {
    if (node instanceof Node.Hashed hashed) {
      return hashed.hash();
    }
    if (node instanceof Node.Leaf leaf) {
      return Hashes.sha256(
          new CanonicalWriter().u8(0).raw(leaf.key().value()).raw(leaf.ciphertextHash()));
    }
    if (node instanceof Node.Inner inner) {
      return Hashes.sha256(
          new CanonicalWriter().u8(1).raw(hash(inner.left())).raw(hash(inner.right())));
    }
    return Bytes.zeros(Limits.DIGEST);
  }

  /** The root, 32 octets; zeros for the empty tree. */
  public Bytes rootHash() {
    return hash(root);
  }

  /** The topmost node. */
  public Node root() {
    return root;
  }

  /**
   * What the tree says of {@code key}: the hash of its ciphertext, or empty when it proves that
   * there is no such record.
   *
   * @throws Rejected if the path to it is not part of this tree
   */
  public Optional<Bytes> find(TreeKey key) throws Rejected {
    Node node = root;
    for (int depth = 0; node instanceof Node.Inner inner; depth++) {
      node = key.value().bit(depth) == 0 ? inner.left() : inner.right();
    }
    if (node instanceof Node.Hashed) {
      throw new Rejected(RejectionCode.BAD_PROOF, "the path of a record is missing");
    }
    if (node instanceof Node.Leaf leaf && leaf.key().equals(key)) {
      return Optional.of(leaf.ciphertextHash());
    }
    return Optional.empty();
  }

  /** Inserts or replaces a record whose path is part of this tree. */
  public void put(TreeKey key, Bytes ciphertextHash) {
    root = put(root, 0, new Node.Leaf(key, ciphertextHash));
  }

  private static Node put(Node node, int depth, Node.Leaf added) {
    if (node instanceof Node.Empty) {
      return added;
    }
    if (node instanceof Node.Inner inner) {
      return added.key().value().bit(depth) == 0
          ? new Node.Inner(put(inner.left(), depth + 1, added), inner.right())
          : new Node.Inner(inner.left(), put(inner.right(), depth + 1, added));
    }
    Invariant.check(node instanceof Node.Leaf, "a record is put only where its path is known");
    Node.Leaf old = (Node.Leaf) node;
    return old.key().equals(added.key()) ? added : split(depth, old, added);
  }

  private static Node split(int depth, Node.Leaf a, Node.Leaf b) {
    int sideOfA = a.key().value().bit(depth);
    int sideOfB = b.key().value().bit(depth);
    Node low;
    Node high;
    if (sideOfA == sideOfB) {
      Node below = split(depth + 1, a, b);
      low = sideOfA == 0 ? below : EMPTY;
      high = sideOfA == 0 ? EMPTY : below;
    } else {
      low = sideOfA == 0 ? a : b;
      high = sideOfA == 0 ? b : a;
    }
    return new Node.Inner(low, high);
  }

  /** The encoding: the multiproof of a capture call. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(root, out);
    return out.toBytes();
  }

  private static void write(Node node, CanonicalWriter out) {
    if (node instanceof Node.Inner inner) {
      out.u8(3);
      write(inner.left(), out);
      write(inner.right(), out);
    } else if (node instanceof Node.Leaf leaf) {
      out.u8(2).raw(leaf.key().value()).raw(leaf.ciphertextHash());
    } else if (node instanceof Node.Hashed hashed) {
      out.u8(1).raw(hashed.hash());
    } else {
      out.u8(0);
    }
  }

  /** Decodes {@link #encode}. Whether it belongs to a root is for the caller to compare. */
  public static PartialTree decode(Bytes encoded) throws Rejected {
    if (encoded.size() > Limits.MULTIPROOF_MAX) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "multiproof");
    }
    CanonicalReader in = new CanonicalReader(encoded);
    Node root = read(in, new byte[Limits.DIGEST], 0);
    in.end();
    return new PartialTree(root);
  }

  private static Node read(CanonicalReader in, byte[] prefix, int depth) throws Rejected {
    switch (in.u8()) {
      case 0:
        return EMPTY;
      case 1:
        Bytes hash = in.raw(Limits.DIGEST);
        if (hash.equals(Bytes.zeros(Limits.DIGEST))) {
          throw new Rejected(RejectionCode.NOT_CANONICAL, "an empty subtree written as a hash");
        }
        return new Node.Hashed(hash);
      case 2:
        Node.Leaf leaf = new Node.Leaf(new TreeKey(in.raw(Limits.DIGEST)), in.raw(Limits.DIGEST));
        for (int i = 0; i < depth; i++) {
          if (leaf.key().value().bit(i) != ((prefix[i >>> 3] >>> (7 - (i & 7))) & 1)) {
            throw new Rejected(RejectionCode.BAD_PROOF, "a record stands below a foreign prefix");
          }
        }
        return leaf;
      case 3:
        if (depth >= Limits.TREE_DEPTH) {
          throw new Rejected(RejectionCode.OUT_OF_RANGE, "tree depth");
        }
        int mask = 0x80 >>> (depth & 7);
        Node left = read(in, prefix, depth + 1);
        prefix[depth >>> 3] |= (byte) mask;
        Node right = read(in, prefix, depth + 1);
        prefix[depth >>> 3] &= (byte) ~mask;
        return new Node.Inner(left, right);
      default:
        throw new Rejected(RejectionCode.UNKNOWN_TAG, "tree node");
    }
  }
}
