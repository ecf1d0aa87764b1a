package dev.coffer.node.store.tree;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import java.util.BitSet;
import java.util.Optional;

/**
 * Walks a record tree in the order of names: every page against what stands above it, every record
 * against its leaf, every reference against what was ever given out. The only walk there is, for
 * the check of a stopped node and for a node that serves. Not thread-safe.
 */
public final class TreeWalk {
  /** Is told what is there. */
  public interface Visitor {
    /** A page or record is looked at. */
    default void step() {}

    /** Something is not what stands above it; {@code what} says so without what a record holds. */
    void damaged(String what);

    /** A record that is right. */
    default void sound(TreeKey key, Bytes ciphertext) {}

    /**
     * A page that is right in itself and leads to, or above, something damaged.
     *
     * @param marked the same with an open reference to each of those, so that a {@link TreeFilling}
     *     descends there
     */
    default void above(int slot, TreePage marked) {}
  }

  private final TreeSlots slots;
  private final int nextPage;
  private final int nextRecord;
  private final Visitor visitor;
  private final BitSet pagesSeen = new BitSet();
  private final BitSet recordsSeen = new BitSet();

  /** {@code nextPage} and {@code nextRecord}: the first slots never given out. */
  public TreeWalk(TreeSlots slots, int nextPage, int nextRecord, Visitor visitor) {
    this.slots = slots;
    this.nextPage = nextPage;
    this.nextRecord = nextRecord;
    this.visitor = visitor;
  }

  /** Returns whether everything below {@code root} is right. */
  public boolean walk(RecordTree.Root root) {
    return root.slot() == 0
        || (given(root.slot(), nextPage, pagesSeen, "page")
            && page(PagePath.ROOT, root.slot(), root.hash()));
  }

  /** Whether a slot was given out, and to one place alone. */
  private boolean given(int slot, int next, BitSet seen, String what) {
    if (slot <= 0 || slot >= next || seen.get(slot)) {
      visitor.damaged("a " + what + " stands in slot " + slot + ", which was never given to it");
      return false;
    }
    seen.set(slot);
    return true;
  }

  private boolean page(PagePath path, int slot, Bytes expected) {
    visitor.step();
    Optional<TreePage> page = slots.pageAsItIs(slot, path);
    if (page.isEmpty()) {
      visitor.damaged("the tree page in slot " + slot + " is damaged");
      return false;
    }
    if (!page.get().hasRootHash(expected)) {
      visitor.damaged("the tree page in slot " + slot + " does not hash to what stands above it");
      return false;
    }
    TreePage.Draft marked = page.get().edit(path.depth());
    boolean sound = node(path, page.get(), TreePage.TOP, marked);
    if (!sound) {
      visitor.above(slot, marked.seal());
    }
    return sound;
  }

  private boolean node(PagePath path, TreePage page, int node, TreePage.Draft marked) {
    byte kind = page.kind(node);
    if (kind == TreePage.INNER) {
      boolean left = node(path, page, 2 * node, marked);
      return node(path, page, 2 * node + 1, marked) && left;
    }
    if (kind == TreePage.EMPTY) {
      return true;
    }
    int slot = page.reference(node);
    boolean child = kind == TreePage.CHILD;
    boolean given =
        child
            ? given(slot, nextPage, pagesSeen, "page")
            : given(slot, nextRecord, recordsSeen, "record");
    boolean sound =
        given
            && (child
                ? page(path.child(node - TreePage.BOUNDARY), slot, page.hash(node))
                : record(page, node));
    if (!sound) {
      // A slot that is another's must not be written over: 0 has a new one given out.
      marked.refer(node, given ? slot : 0, true);
    }
    return sound;
  }

  private boolean record(TreePage page, int node) {
    visitor.step();
    int slot = page.reference(node);
    Optional<Bytes> record =
        slots.recordIfSound(new RecordTree.Found(slot, page.leafCiphertextHash(node)));
    if (record.isEmpty()) {
      visitor.damaged("the record in slot " + slot + " does not hash to what the tree says");
      return false;
    }
    visitor.sound(page.leafKey(node), record.get());
    return true;
  }
}
