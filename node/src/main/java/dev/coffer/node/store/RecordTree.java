package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.tree.PartialTree;
import dev.coffer.protocol.tree.PartialTree.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The arithmetic of the record tree over pages, without I/O: proofs and updates of a batch, each
 * page read at most once. What it computes equals {@code PartialTree} over all records.
 */
final class RecordTree {
  /** Where pages come from. */
  interface Pages {
    /** The page at {@code path}, whose topmost node hashes to {@code expected}. */
    TreePage load(PagePath path, Bytes expected);
  }

  private final Pages pages;

  RecordTree(Pages pages) {
    this.pages = pages;
  }

  /** The topmost page of the tree with this root. */
  TreePage top(Bytes root) {
    return root.equals(TreePage.empty().rootHash())
        ? TreePage.empty()
        : pages.load(PagePath.ROOT, root);
  }

  /**
   * The paths to {@code keys} (ascending) in the tree with this root.
   *
   * @param found takes each of them that exists and the hash of its ciphertext
   */
  PartialTree prove(Bytes root, List<TreeKey> keys, Map<TreeKey, Bytes> found) {
    return PartialTree.of(node(PagePath.ROOT, top(root), TreePage.TOP, keys, found));
  }

  private Node node(
      PagePath path, TreePage page, int slot, List<TreeKey> keys, Map<TreeKey, Bytes> found) {
    byte kind = page.kind(slot);
    if (kind == TreePage.EMPTY) {
      return new Node.Empty();
    }
    if (keys.isEmpty()) {
      return new Node.Hashed(page.hash(slot));
    }
    if (kind == TreePage.LEAF) {
      TreeKey key = page.leafKey(slot);
      Bytes ciphertextHash = page.leafCiphertextHash(slot);
      if (keys.contains(key)) {
        found.put(key, ciphertextHash);
      }
      return new Node.Leaf(key, ciphertextHash);
    }
    if (kind == TreePage.CHILD) {
      PagePath below = path.child(slot - TreePage.BOUNDARY);
      return node(below, pages.load(below, page.hash(slot)), TreePage.TOP, keys, found);
    }
    int right = firstRight(keys, path.depth() + TreePage.levelOf(slot));
    return new Node.Inner(
        node(path, page, 2 * slot, keys.subList(0, right), found),
        node(path, page, 2 * slot + 1, keys.subList(right, keys.size()), found));
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

  /** The pages that a batch changes. */
  record Update(Bytes root, Map<PagePath, TreePage> pages) {}

  /** The tree with this root after {@code leaves} (64 octets each, distinct keys) are put. */
  Update update(Bytes root, List<byte[]> leaves) {
    Map<PagePath, TreePage> changed = new LinkedHashMap<>();
    if (leaves.isEmpty()) {
      return new Update(root, changed);
    }
    TreePage top = update(PagePath.ROOT, top(root), leaves, changed);
    return new Update(top.rootHash(), changed);
  }

  private TreePage update(
      PagePath path, TreePage page, List<byte[]> leaves, Map<PagePath, TreePage> changed) {
    TreePage.Draft draft = page.edit(path.depth());
    Map<Integer, List<byte[]>> below = new TreeMap<>();
    for (byte[] leaf : leaves) {
      int slot = draft.put(leaf);
      if (slot != 0) {
        below.computeIfAbsent(slot, same -> new ArrayList<>()).add(leaf);
      }
    }
    below.forEach((slot, deeper) -> {
      Invariant.check(
          path.nibbles().size() < PagePath.NIBBLES_MAX, "two keys differ within 256 bits");
      PagePath child = path.child(slot - TreePage.BOUNDARY);
      TreePage old =
          draft.pushedDown(slot)
              ? TreePage.of(draft.takePushedDown(slot))
              : pages.load(child, draft.childHash(slot));
      draft.child(slot, update(child, old, deeper, changed).rootHash());
    });
    TreePage sealed = draft.seal();
    changed.put(path, sealed);
    return sealed;
  }
}
