package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import java.util.Optional;

/** Finds its way through a held state. Guarded by the partition's monitor. */
final class HeldPages {
  private final PartitionFiles files;
  private final HeldState held;

  HeldPages(PartitionFiles files, HeldState held) {
    this.files = files;
    this.held = held;
  }

  private TreePage load(int slot, PagePath path, Bytes expected) {
    return held.page(slot).orElseGet(() -> files.page(slot, path, expected));
  }

  /** The page at {@code path}, if one hangs there. */
  Optional<TreePage> page(PagePath path) {
    RecordTree.Root root = held.state().root();
    if (root.slot() == 0) {
      return Optional.empty();
    }
    PagePath at = PagePath.ROOT;
    TreePage page = load(root.slot(), at, root.hash());
    for (int i = 0; i < path.nibbles().size(); i++) {
      int node = TreePage.BOUNDARY + path.nibbles().at(i);
      if (page.kind(node) != TreePage.CHILD) {
        return Optional.empty();
      }
      at = at.child(node - TreePage.BOUNDARY);
      page = load(page.reference(node), at, page.hash(node));
    }
    return Optional.of(page);
  }

  /** The ciphertext of {@code key}, if there is such a record. */
  Optional<Bytes> record(TreeKey key) {
    RecordTree.Root root = held.state().root();
    if (root.slot() == 0) {
      return Optional.empty();
    }
    PagePath at = PagePath.ROOT;
    TreePage page = load(root.slot(), at, root.hash());
    int node = TreePage.TOP;
    while (true) {
      switch (page.kind(node)) {
        case TreePage.INNER ->
            node = 2 * node + key.value().bit(at.depth() + TreePage.levelOf(node));
        case TreePage.CHILD -> {
          at = at.child(node - TreePage.BOUNDARY);
          page = load(page.reference(node), at, page.hash(node));
          node = TreePage.TOP;
        }
        case TreePage.LEAF -> {
          return page.leafKey(node).equals(key)
              ? Optional.of(record(page, node))
              : Optional.empty();
        }
        default -> {
          return Optional.empty();
        }
      }
    }
  }

  private Bytes record(TreePage page, int node) {
    int slot = page.reference(node);
    return held.record(slot)
        .orElseGet(() -> files.record(new RecordTree.Found(slot, page.leafCiphertextHash(node))));
  }
}
