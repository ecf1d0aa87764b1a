package dev.coffer.node.store.tree;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.tree.PartialTree;
import dev.coffer.protocol.tree.PartialTree.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The arithmetic of the record tree over pages, without I/O: proofs and updates of a batch, each
 * page read at most once. What it computes equals {@code PartialTree} over all records.
 */
public final class RecordTree {
  /** Where pages come from. */
  public interface Pages {
    /** The page in {@code slot}, at {@code path}, whose topmost node hashes to {@code expected}. */
    TreePage load(int slot, PagePath path, Bytes expected);
  }

  /** The top of the tree: its hash and the slot of its page, 0 while there is none. */
  public record Root(Bytes hash, int slot) {
    /** Of a tree without records. */
    public static final Root NONE = new Root(Bytes.zeros(Limits.DIGEST), 0);
  }

  /** Where a leaf's ciphertext lies and what it must hash to. */
  public record Found(int slot, Bytes ciphertextHash) {}

  private final Pages pages;

  /** Over the pages that {@code pages} reads. */
  public RecordTree(Pages pages) {
    this.pages = pages;
  }

  private TreePage top(Root root) {
    return root.slot() == 0
        ? TreePage.empty()
        : pages.load(root.slot(), PagePath.ROOT, root.hash());
  }

  /**
   * The paths to {@code keys} (ascending) in the tree with this root.
   *
   * @param found takes those of them that exist
   */
  public PartialTree prove(Root root, List<TreeKey> keys, Map<TreeKey, Found> found) {
    return PartialTree.of(node(PagePath.ROOT, top(root), TreePage.TOP, keys, found));
  }

  private Node node(
      PagePath path, TreePage page, int node, List<TreeKey> keys, Map<TreeKey, Found> found) {
    byte kind = page.kind(node);
    if (kind == TreePage.EMPTY) {
      return new Node.Empty();
    }
    if (keys.isEmpty()) {
      return new Node.Hashed(page.hash(node));
    }
    if (kind == TreePage.LEAF) {
      TreeKey key = page.leafKey(node);
      Bytes ciphertextHash = page.leafCiphertextHash(node);
      if (keys.contains(key)) {
        found.put(key, new Found(page.reference(node), ciphertextHash));
      }
      return new Node.Leaf(key, ciphertextHash);
    }
    if (kind == TreePage.CHILD) {
      PagePath below = path.child(node - TreePage.BOUNDARY);
      TreePage child = pages.load(page.reference(node), below, page.hash(node));
      return node(below, child, TreePage.TOP, keys, found);
    }
    int right = firstRight(keys, path.depth() + TreePage.levelOf(node));
    return new Node.Inner(
        node(path, page, 2 * node, keys.subList(0, right), found),
        node(path, page, 2 * node + 1, keys.subList(right, keys.size()), found));
  }

  /** The page at {@code path} in the tree with this root, if one hangs there. */
  public Optional<TreePage> page(Root root, PagePath path) {
    if (root.slot() == 0) {
      return Optional.empty();
    }
    PagePath at = PagePath.ROOT;
    TreePage page = top(root);
    for (int i = 0; i < path.nibbles().size(); i++) {
      int node = TreePage.BOUNDARY + path.nibbles().at(i);
      if (page.kind(node) != TreePage.CHILD) {
        return Optional.empty();
      }
      at = at.child(node - TreePage.BOUNDARY);
      page = pages.load(page.reference(node), at, page.hash(node));
    }
    return Optional.of(page);
  }

  private static int firstRight(List<TreeKey> keys, int bit) {
    int low = 0;
    int high = keys.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys.get(middle).value().bit(bit) == 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** A page as it will stand in {@code slot}, and as it stood there; the same if it is new. */
  public record Changed(int slot, TreePage page, TreePage old) {}

  /** The pages that a batch changes, and the root then. */
  public record Update(Root root, List<Changed> pages) {}

  /** The tree with this root after {@code records} (of distinct keys) are put. */
  public Update update(Root root, List<TreePage.Put> records, Allocator allocator) {
    List<Changed> changed = new ArrayList<>();
    if (records.isEmpty()) {
      return new Update(root, changed);
    }
    TreePage old = top(root);
    int slot = root.slot() == 0 ? allocator.newPage() : root.slot();
    Batch batch = new Batch(allocator, changed);
    return new Update(new Root(batch.update(PagePath.ROOT, slot, old, records), slot), changed);
  }

  private final class Batch {
    private final Allocator allocator;
    private final List<Changed> changed;

    Batch(Allocator allocator, List<Changed> changed) {
      this.allocator = allocator;
      this.changed = changed;
    }

    Bytes update(PagePath path, int slot, TreePage page, List<TreePage.Put> records) {
      TreePage.Draft draft = page.edit(path.depth());
      Map<Integer, List<TreePage.Put>> below = new TreeMap<>();
      for (TreePage.Put put : records) {
        int node = draft.put(put, allocator);
        if (node != 0) {
          below.computeIfAbsent(node, same -> new ArrayList<>()).add(put);
        }
      }
      below.forEach((node, deeper) -> draft.child(node, child(path, draft, node, deeper)));
      TreePage sealed = draft.seal();
      changed.add(new Changed(slot, sealed, page));
      return sealed.rootHash();
    }

    private Bytes child(PagePath path, TreePage.Draft draft, int node, List<TreePage.Put> records) {
      Invariant.check(
          path.nibbles().size() < PagePath.NIBBLES_MAX, "two keys differ within 256 bits");
      PagePath below = path.child(node - TreePage.BOUNDARY);
      if (draft.pushedDown(node)) {
        int fresh = allocator.newPage();
        return update(below, fresh, draft.takePushedDown(node, fresh), records);
      }
      int slot = draft.reference(node);
      return update(below, slot, pages.load(slot, below, draft.hash(node)), records);
    }
  }
}
