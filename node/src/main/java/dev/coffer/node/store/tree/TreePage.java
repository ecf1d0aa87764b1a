package dev.coffer.node.store.tree;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.tree.PartialTree;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Four levels of the record tree, kept in one slot on disk.
 *
 * <p>Nodes are numbered as in a heap: 1 is the topmost, 2i and 2i+1 stand below i, 16 to 31 are the
 * boundary. A node at the boundary that goes on below is a {@link #CHILD}: its hash here, its
 * insides in a page of their own, whose slot number stands here as its reference. A {@link #LEAF}
 * refers to the slot of its ciphertext. Leaves stand in the page where their prefix ends, so a
 * page's topmost node is an inner node, but for the root's page.
 *
 * <p>Inner hashes are not kept but computed when a page is decoded: whoever compares {@link
 * #rootHash} with what stands above has checked every octet but the references, and what they lead
 * to is checked in the same way.
 *
 * <p>A reference is <em>open</em> while what it should lead to is not there yet; only a partition
 * that is being synchronised has open references.
 *
 * <p>Immutable but for a {@link Draft} before it is sealed; safe to share.
 */
public final class TreePage {
  static final int LEVELS = 4;

  /** Nothing below. */
  static final byte EMPTY = 0;

  /** An inner node whose two sides are in another page; at the boundary only. */
  static final byte CHILD = 1;

  /** A record. */
  static final byte LEAF = 2;

  /** An inner node of this page. */
  static final byte INNER = 3;

  /** The topmost node. */
  static final int TOP = 1;

  /** The first node of the boundary. */
  static final int BOUNDARY = 1 << LEVELS;

  static final int NODES = 2 * BOUNDARY;

  /** Octets of a page on disk: room for 16 leaves with their references. */
  public static final int SLOT_OCTETS = 1152;

  private static final int HASH = Limits.DIGEST;
  private static final int OPEN = 0x80;
  private static final int SUM = 4;
  private static final byte[] NO_LEAF = new byte[0];

  private final byte[] kinds;
  private final byte[] hashes;
  private final byte[][] leaves;
  private final int[] references;
  private int open;

  private TreePage(byte[] kinds, byte[] hashes, byte[][] leaves, int[] references, int open) {
    this.kinds = kinds;
    this.hashes = hashes;
    this.leaves = leaves;
    this.references = references;
    this.open = open;
  }

  /** The root's page of a tree without records. */
  static TreePage empty() {
    byte[][] leaves = new byte[NODES][];
    Arrays.fill(leaves, NO_LEAF);
    return new TreePage(new byte[NODES], new byte[NODES * HASH], leaves, new int[NODES], 0);
  }

  /** A page that begins with one record, pushed down from the boundary above. */
  static TreePage of(byte[] leaf, int reference) {
    TreePage page = empty();
    page.kinds[TOP] = LEAF;
    page.leaves[TOP] = leaf;
    page.references[TOP] = reference;
    NodeHash.ofThread().leaf(leaf, page.hashes, TOP * HASH);
    return page;
  }

  /** 64 octets: a record's name and the hash of its ciphertext. */
  static byte[] leaf(TreeKey key, Bytes ciphertextHash) {
    byte[] leaf = new byte[2 * HASH];
    key.value().copyInto(leaf, 0);
    ciphertextHash.copyInto(leaf, HASH);
    return leaf;
  }

  byte kind(int node) {
    return kinds[node];
  }

  /** The hash of {@code node}; zeros where it is empty. */
  Bytes hash(int node) {
    return Bytes.copyOf(hashes, node * HASH, (node + 1) * HASH);
  }

  /** The hash of the topmost node. */
  public Bytes rootHash() {
    return hash(TOP);
  }

  /** Whether it is the page that {@code expected} stands for. */
  public boolean hasRootHash(Bytes expected) {
    return rootHash().equals(expected);
  }

  TreeKey leafKey(int node) {
    return new TreeKey(Bytes.copyOf(leaves[node], 0, HASH));
  }

  Bytes leafCiphertextHash(int node) {
    return Bytes.copyOf(leaves[node], HASH, 2 * HASH);
  }

  /** The slot of a child's page or a leaf's ciphertext; 0 if there is none yet. */
  int reference(int node) {
    return references[node];
  }

  /** Whether something below {@code node} is not there yet. */
  boolean isOpen(int node) {
    return (open & (1 << node)) != 0;
  }

  /** Whether something below this page is not there yet. */
  boolean hasOpen() {
    return open != 0;
  }

  /** Heap this page holds on to, roughly. */
  public int heapOctets() {
    int octets = 200 + NODES + NODES * HASH + 4 * NODES + 4 * NODES;
    for (byte kind : kinds) {
      octets += kind == LEAF ? 80 : 0;
    }
    return octets;
  }

  static int levelOf(int node) {
    return 31 - Integer.numberOfLeadingZeros(node);
  }

  static int bit(byte[] key, int index) {
    return (key[index >>> 3] >>> (7 - (index & 7))) & 1;
  }

  /**
   * As it stands on disk: with references, and a sum in front, since a rotten reference could lead
   * to another record's slot and no hash covers it.
   */
  public Bytes encode() {
    byte[] out = new byte[SLOT_OCTETS];
    int end = write(TOP, out, SUM, true);
    ByteBuffer.wrap(out).putInt(0, sum(out, end));
    return Bytes.copyOf(out, 0, end);
  }

  private static int sum(byte[] encoded, int end) {
    CRC32C crc = new CRC32C();
    crc.update(encoded, SUM, end - SUM);
    return (int) crc.getValue();
  }

  /** As peers see it: the encoding of {@code PartialTree}, a child as a bare hash. */
  public Bytes encodeBare() {
    byte[] out = new byte[SLOT_OCTETS];
    return Bytes.copyOf(out, 0, write(TOP, out, 0, false));
  }

  private int write(int node, byte[] out, int start, boolean referring) {
    int at = start;
    out[at++] = (byte) (kinds[node] | (referring && isOpen(node) ? OPEN : 0));
    if (kinds[node] == INNER) {
      at = write(2 * node, out, at, referring);
      return write(2 * node + 1, out, at, referring);
    }
    if (kinds[node] == CHILD) {
      System.arraycopy(hashes, node * HASH, out, at, HASH);
      at += HASH;
    } else if (kinds[node] == LEAF) {
      System.arraycopy(leaves[node], 0, out, at, 2 * HASH);
      at += 2 * HASH;
    }
    if (referring && kinds[node] != EMPTY) {
      ByteBuffer.wrap(out).putInt(at, references[node]);
      at += 4;
    }
    return at;
  }

  /**
   * Decodes {@link #encode}, whatever follows it in the slot, and computes every hash.
   *
   * @throws Rejected if it is not a page that can hang at {@code path}
   */
  public static TreePage decode(PagePath path, Bytes slot) throws Rejected {
    Decoder decoder = new Decoder(path, slot, true);
    int sum = ByteBuffer.wrap(decoder.in).getInt(decoder.take(SUM));
    TreePage page = decoder.page();
    if (sum != sum(decoder.in, decoder.at)) {
      throw new Rejected(RejectionCode.NOT_CANONICAL, "the sum of a tree page");
    }
    return page;
  }

  /**
   * Decodes {@link #encodeBare} and computes every hash. All its references are open and lead
   * nowhere.
   *
   * @throws Rejected if it is not a page that can hang at {@code path}
   */
  static TreePage decodeBare(PagePath path, Bytes encoded) throws Rejected {
    Decoder decoder = new Decoder(path, encoded, false);
    TreePage page = decoder.page();
    if (decoder.at != encoded.size()) {
      throw new Rejected(RejectionCode.TRAILING, "tree page");
    }
    return page;
  }

  private static final class Decoder {
    private final PagePath path;
    private final byte[] in;
    private final boolean referring;
    private final TreePage page = empty();
    private final NodeHash hash = NodeHash.ofThread();
    private int at;

    Decoder(PagePath path, Bytes encoded, boolean referring) {
      this.path = path;
      this.in = encoded.toByteArray();
      this.referring = referring;
    }

    TreePage page() throws Rejected {
      read(TOP);
      if (path.depth() > 0 && page.kinds[TOP] != INNER) {
        throw new Rejected(RejectionCode.NOT_CANONICAL, "a page below the root begins a fork");
      }
      return page;
    }

    private int take(int count) throws Rejected {
      if (in.length - at < count) {
        throw new Rejected(RejectionCode.TRUNCATED, "tree page");
      }
      at += count;
      return at - count;
    }

    private void read(int node) throws Rejected {
      int tag = in[take(1)] & 0xff;
      int kind = tag & ~OPEN;
      boolean opened = tag != kind;
      if (kind > INNER || (opened && (!referring || kind == INNER || kind == EMPTY))) {
        throw new Rejected(RejectionCode.UNKNOWN_TAG, "tree page");
      }
      if (kind == (node < BOUNDARY ? CHILD : INNER)) {
        throw new Rejected(RejectionCode.NOT_CANONICAL, "a tree page has four levels");
      }
      page.kinds[node] = (byte) kind;
      switch (page.kinds[node]) {
        case INNER -> {
          read(2 * node);
          read(2 * node + 1);
          hash.inner(page.hashes, 2 * node * HASH, page.hashes, node * HASH);
        }
        case CHILD -> child(node);
        case LEAF -> leaf(node);
        default -> Invariant.check(kind == EMPTY, "a node has one of four kinds");
      }
      if (kind == CHILD || kind == LEAF) {
        page.open |= opened || !referring ? 1 << node : 0;
        page.references[node] = referring ? reference() : 0;
      }
    }

    private void child(int node) throws Rejected {
      System.arraycopy(in, take(HASH), page.hashes, node * HASH, HASH);
      if (page.hash(node).equals(Bytes.zeros(HASH))
          || path.nibbles().size() == PagePath.NIBBLES_MAX) {
        throw new Rejected(RejectionCode.NOT_CANONICAL, "a child that cannot be");
      }
    }

    private void leaf(int node) throws Rejected {
      int from = take(2 * HASH);
      byte[] leaf = Arrays.copyOfRange(in, from, from + 2 * HASH);
      int reached = TOP;
      for (int level = 0; level < levelOf(node); level++) {
        reached = 2 * reached + bit(leaf, path.depth() + level);
      }
      page.leaves[node] = leaf;
      if (reached != node || !path.covers(page.leafKey(node))) {
        throw new Rejected(RejectionCode.BAD_PROOF, "a record stands below a foreign prefix");
      }
      hash.leaf(leaf, page.hashes, node * HASH);
    }

    private int reference() throws Rejected {
      int reference = ByteBuffer.wrap(in).getInt(take(4));
      if (reference < 0) {
        throw new Rejected(RejectionCode.OUT_OF_RANGE, "reference");
      }
      return reference;
    }
  }

  /** A record on its way into the tree, which tells it its slot. Not thread-safe. */
  public static final class Put {
    private final byte[] leaf;
    private final Bytes ciphertext;
    private int slot;

    /** With its new ciphertext. */
    public Put(TreeKey key, Bytes ciphertext) {
      this.leaf = leaf(key, PartialTree.ciphertextHash(ciphertext));
      this.ciphertext = ciphertext;
    }

    /** What it becomes. */
    public Bytes ciphertext() {
      return ciphertext;
    }

    /** Where the ciphertext goes; 0 before the tree said so. */
    public int slot() {
      return slot;
    }

    private int placed(int inSlot) {
      slot = inSlot;
      return inSlot;
    }
  }

  /** A copy that can be changed; {@code depth} is that of its path. */
  Draft edit(int depth) {
    return new Draft(
        depth,
        new TreePage(kinds.clone(), hashes.clone(), leaves.clone(), references.clone(), open));
  }

  /** A page being changed. Not thread-safe. */
  static final class Draft {
    private final int depth;
    private final TreePage page;
    private final NodeHash hash = NodeHash.ofThread();
    private int stale;

    private Draft(int depth, TreePage page) {
      this.depth = depth;
      this.page = page;
    }

    /**
     * Inserts or replaces a record if its place is in this page, and gives the record the slot that
     * goes with it.
     *
     * @return 0, or the boundary node in whose page its place is. A record that stood in that node
     *     until now waits in {@link #pushedDown}.
     */
    int put(Put put, Allocator allocator) {
      int node = TOP;
      while (true) {
        switch (page.kinds[node]) {
          case INNER -> node = 2 * node + bit(put.leaf, depth + levelOf(node));
          case CHILD -> {
            return node;
          }
          case EMPTY -> {
            set(node, put.leaf, put.placed(allocator.newRecord()));
            return 0;
          }
          default -> {
            byte[] old = page.leaves[node];
            int reference = page.references[node];
            if (Arrays.equals(old, 0, HASH, put.leaf, 0, HASH)) {
              set(node, put.leaf, put.placed(reference));
              return 0;
            }
            if (node >= BOUNDARY) {
              page.kinds[node] = CHILD;
              return node;
            }
            page.kinds[node] = INNER;
            page.leaves[node] = NO_LEAF;
            page.references[node] = 0;
            set(2 * node + bit(old, depth + levelOf(node)), old, reference);
          }
        }
      }
    }

    private void set(int node, byte[] leaf, int reference) {
      page.kinds[node] = LEAF;
      page.leaves[node] = leaf;
      page.references[node] = reference;
      hash.leaf(leaf, page.hashes, node * HASH);
      changed(node);
    }

    private void changed(int node) {
      for (int above = node >> 1; above > 0; above >>= 1) {
        stale |= 1 << above;
      }
    }

    /** Whether {@code node}, a child now, was a record until a moment ago. */
    boolean pushedDown(int node) {
      return page.leaves[node].length > 0;
    }

    /**
     * The page that begins with the record pushed out of {@code node}, to stand in {@code slot}.
     */
    TreePage takePushedDown(int node, int slot) {
      TreePage below = TreePage.of(page.leaves[node], page.references[node]);
      page.leaves[node] = NO_LEAF;
      page.references[node] = slot;
      return below;
    }

    Bytes hash(int node) {
      return page.hash(node);
    }

    int reference(int node) {
      return page.references[node];
    }

    /** Gives the child in {@code node} its new hash. */
    void child(int node, Bytes newHash) {
      newHash.copyInto(page.hashes, node * HASH);
      changed(node);
    }

    /** Changes where {@code node} leads, and whether that is complete; hashes stay as they are. */
    void refer(int node, int reference, boolean nowOpen) {
      page.references[node] = reference;
      page.open = nowOpen ? page.open | 1 << node : page.open & ~(1 << node);
    }

    /** Ends the changes: computes the hashes on the way up from each. */
    TreePage seal() {
      for (int node = BOUNDARY - 1; node >= TOP; node--) {
        if ((stale & (1 << node)) != 0) {
          hash.inner(page.hashes, 2 * node * HASH, page.hashes, node * HASH);
        }
      }
      return page;
    }
  }
}
