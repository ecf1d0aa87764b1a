package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.Arrays;

/**
 * Four levels of the record tree, kept as one value: with 2²³ records about 1.6 pages of some 600
 * octets a record path are read from disk, the rest comes from the cache.
 *
 * <p>Slots are numbered as in a heap: 1 is the topmost node, 2i and 2i+1 stand below i, 16 to 31
 * are the boundary. A node at the boundary that goes on below is a {@link #CHILD}: its hash here,
 * its insides in a page of their own. Leaves always stand in the page where their prefix ends, so a
 * page's topmost node is an inner node, but for the root's page. The encoding is that of {@code
 * PartialTree} with a child as a bare hash; inner hashes are not kept but computed when it is
 * decoded, so whoever compares {@link #rootHash} has checked every octet.
 *
 * <p>Immutable but for a {@link Draft} before it is sealed; safe to share.
 */
final class TreePage {
  static final int LEVELS = 4;

  /** Nothing below. */
  static final byte EMPTY = 0;

  /** An inner node whose two sides are in another page; at the boundary only. */
  static final byte CHILD = 1;

  /** A record. */
  static final byte LEAF = 2;

  /** An inner node of this page. */
  static final byte INNER = 3;

  static final int TOP = 1;
  static final int BOUNDARY = 1 << LEVELS;
  static final int SLOTS = 2 * BOUNDARY;

  /** The longest encoding: every boundary slot a leaf. */
  static final int ENCODED_MAX = BOUNDARY - 1 + BOUNDARY * (1 + 2 * Limits.DIGEST);

  private static final byte[] NO_LEAF = new byte[0];

  private final byte[] kinds;
  private final byte[] hashes;
  private final byte[][] leaves;

  private TreePage(byte[] kinds, byte[] hashes, byte[][] leaves) {
    this.kinds = kinds;
    this.hashes = hashes;
    this.leaves = leaves;
  }

  private static TreePage blank() {
    byte[][] leaves = new byte[SLOTS][];
    Arrays.fill(leaves, NO_LEAF);
    return new TreePage(new byte[SLOTS], new byte[SLOTS * Limits.DIGEST], leaves);
  }

  /** The root's page of a tree without records. */
  static TreePage empty() {
    return blank();
  }

  /** A page that begins with one record, pushed down from the boundary above. */
  static TreePage of(byte[] leaf) {
    TreePage page = blank();
    page.kinds[TOP] = LEAF;
    page.leaves[TOP] = leaf;
    new NodeHash().leaf(leaf, page.hashes, TOP * Limits.DIGEST);
    return page;
  }

  /** 64 octets: a record's name and the hash of its ciphertext. */
  static byte[] leaf(TreeKey key, Bytes ciphertextHash) {
    byte[] leaf = new byte[2 * Limits.DIGEST];
    key.value().copyInto(leaf, 0);
    ciphertextHash.copyInto(leaf, Limits.DIGEST);
    return leaf;
  }

  byte kind(int slot) {
    return kinds[slot];
  }

  /** The hash of the node in {@code slot}; zeros where it is empty. */
  Bytes hash(int slot) {
    return Bytes.copyOf(hashes, slot * Limits.DIGEST, (slot + 1) * Limits.DIGEST);
  }

  /** The hash of the topmost node. */
  Bytes rootHash() {
    return hash(TOP);
  }

  TreeKey leafKey(int slot) {
    return new TreeKey(Bytes.copyOf(leaves[slot], 0, Limits.DIGEST));
  }

  Bytes leafCiphertextHash(int slot) {
    return Bytes.copyOf(leaves[slot], Limits.DIGEST, 2 * Limits.DIGEST);
  }

  /** Heap this page holds on to, roughly. */
  int heapOctets() {
    int octets = 160 + SLOTS + SLOTS * Limits.DIGEST + 4 * SLOTS;
    for (byte kind : kinds) {
      octets += kind == LEAF ? 80 : 0;
    }
    return octets;
  }

  static int levelOf(int slot) {
    return 31 - Integer.numberOfLeadingZeros(slot);
  }

  static int bit(byte[] key, int index) {
    return (key[index >>> 3] >>> (7 - (index & 7))) & 1;
  }

  Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(TOP, out);
    return out.toBytes();
  }

  private void write(int slot, CanonicalWriter out) {
    out.u8(kinds[slot]);
    switch (kinds[slot]) {
      case CHILD -> out.raw(hash(slot));
      case LEAF -> out.raw(leaves[slot]);
      case INNER -> {
        write(2 * slot, out);
        write(2 * slot + 1, out);
      }
      default -> Invariant.check(kinds[slot] == EMPTY, "a slot has one of four kinds");
    }
  }

  /**
   * Decodes {@link #encode} and computes every hash.
   *
   * @throws Rejected if it is not a page that can hang at {@code path}
   */
  static TreePage decode(PagePath path, Bytes encoded) throws Rejected {
    if (encoded.size() > ENCODED_MAX) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "tree page");
    }
    TreePage page = blank();
    CanonicalReader in = new CanonicalReader(encoded);
    page.read(path, TOP, in, new NodeHash());
    in.end();
    if (path.depth() > 0 && page.kinds[TOP] != INNER) {
      throw new Rejected(RejectionCode.NOT_CANONICAL, "a tree page below the root begins a fork");
    }
    return page;
  }

  private void read(PagePath path, int slot, CanonicalReader in, NodeHash hash) throws Rejected {
    int kind = in.number(EMPTY, INNER, in.u8(), "tree node");
    kinds[slot] = (byte) kind;
    if (kind == (slot < BOUNDARY ? CHILD : INNER)) {
      throw new Rejected(RejectionCode.NOT_CANONICAL, "a tree page has four levels");
    }
    int at = slot * Limits.DIGEST;
    if (kind == CHILD) {
      Bytes child = in.raw(Limits.DIGEST);
      if (child.equals(Bytes.zeros(Limits.DIGEST))
          || path.nibbles().size() == PagePath.NIBBLES_MAX) {
        throw new Rejected(RejectionCode.NOT_CANONICAL, "a child that cannot be");
      }
      child.copyInto(hashes, at);
    } else if (kind == LEAF) {
      leaves[slot] = in.raw(2 * Limits.DIGEST).toByteArray();
      if (!path.covers(leafKey(slot)) || !below(path.depth(), slot, leaves[slot])) {
        throw new Rejected(RejectionCode.BAD_PROOF, "a record stands below a foreign prefix");
      }
      hash.leaf(leaves[slot], hashes, at);
    } else if (kind == INNER) {
      read(path, 2 * slot, in, hash);
      read(path, 2 * slot + 1, in, hash);
      hash.inner(hashes, 2 * at, hashes, at);
    }
  }

  private static boolean below(int depth, int slot, byte[] key) {
    int reached = TOP;
    for (int level = 0; level < levelOf(slot); level++) {
      reached = 2 * reached + bit(key, depth + level);
    }
    return reached == slot;
  }

  /** A copy that can be changed. */
  Draft edit(int depth) {
    return new Draft(depth, new TreePage(kinds.clone(), hashes.clone(), leaves.clone()));
  }

  /** A page being changed. Not thread-safe. */
  static final class Draft {
    private final int depth;
    private final TreePage page;
    private final NodeHash hash = new NodeHash();
    private int stale;

    private Draft(int depth, TreePage page) {
      this.depth = depth;
      this.page = page;
    }

    /**
     * Inserts or replaces a record if its place is in this page.
     *
     * @return 0, or the boundary slot in whose page its place is. A record that stood in that slot
     *     until now is then in {@link TreePage#leaves} still, for the caller to push down.
     */
    int put(byte[] leaf) {
      int slot = TOP;
      while (true) {
        switch (page.kinds[slot]) {
          case INNER -> slot = 2 * slot + bit(leaf, depth + levelOf(slot));
          case CHILD -> {
            return slot;
          }
          case EMPTY -> {
            set(slot, leaf);
            return 0;
          }
          default -> {
            byte[] old = page.leaves[slot];
            if (Arrays.equals(old, 0, Limits.DIGEST, leaf, 0, Limits.DIGEST)) {
              set(slot, leaf);
              return 0;
            }
            if (slot >= BOUNDARY) {
              page.kinds[slot] = CHILD;
              return slot;
            }
            page.kinds[slot] = INNER;
            page.leaves[slot] = NO_LEAF;
            set(2 * slot + bit(old, depth + levelOf(slot)), old);
          }
        }
      }
    }

    private void set(int slot, byte[] leaf) {
      page.kinds[slot] = LEAF;
      page.leaves[slot] = leaf;
      hash.leaf(leaf, page.hashes, slot * Limits.DIGEST);
      changed(slot);
    }

    private void changed(int slot) {
      for (int above = slot >> 1; above > 0; above >>= 1) {
        stale |= 1 << above;
      }
    }

    /** The page below {@code slot} if a record was just pushed out of it, which it then holds. */
    boolean pushedDown(int slot) {
      return page.leaves[slot].length > 0;
    }

    /** The record pushed out of {@code slot}; it is gone from this page then. */
    byte[] takePushedDown(int slot) {
      byte[] leaf = page.leaves[slot];
      page.leaves[slot] = NO_LEAF;
      return leaf;
    }

    Bytes childHash(int slot) {
      return page.hash(slot);
    }

    void child(int slot, Bytes newHash) {
      newHash.copyInto(page.hashes, slot * Limits.DIGEST);
      changed(slot);
    }

    /** Ends the changes: computes the hashes on the way up from each. */
    TreePage seal() {
      for (int slot = BOUNDARY - 1; slot >= TOP; slot--) {
        if ((stale & (1 << slot)) != 0) {
          hash.inner(page.hashes, 2 * slot * Limits.DIGEST, page.hashes, slot * Limits.DIGEST);
        }
      }
      return page;
    }
  }
}
