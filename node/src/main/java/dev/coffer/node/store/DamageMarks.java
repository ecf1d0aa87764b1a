package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * Looks at everything below the root and opens each reference that leads to, or above, something
 * that does not hash right, so that a {@link TreeFilling} descends there. Not thread-safe.
 */
final class DamageMarks {
  private final PartitionStore store;
  private final PartitionFiles files;
  private long damaged;

  DamageMarks(PartitionStore store, PartitionFiles files) {
    this.store = store;
    this.files = files;
  }

  /** Returns how many pages and records are damaged. */
  long mark() {
    RecordTree.Root root = store.state().root();
    if (root.slot() != 0) {
      mark(PagePath.ROOT, root.slot(), root.hash());
    }
    return damaged;
  }

  /** Whether anything at or below this page is damaged. */
  private boolean mark(PagePath path, int slot, Bytes expected) {
    Optional<TreePage> page =
        files.pageAsItIs(slot, path).filter(found -> found.hasRootHash(expected));
    if (page.isEmpty()) {
      damaged++;
      return true;
    }
    TreePage.Draft draft = page.get().edit(path.depth());
    boolean any = false;
    for (int node = TreePage.TOP; node < TreePage.NODES; node++) {
      if (damaged(path, page.get(), node)) {
        draft.refer(node, page.get().reference(node), true);
        any = true;
      }
    }
    if (any) {
      // Nothing else reads these flags: a crash before the first aim leaves them without effect.
      store.awaitDurable(store.rebuild(store.state(), List.of(files.page(slot, draft.seal()))));
    }
    return any;
  }

  private boolean damaged(PagePath path, TreePage page, int node) {
    if (page.kind(node) == TreePage.CHILD) {
      return mark(path.child(node - TreePage.BOUNDARY), page.reference(node), page.hash(node));
    }
    if (page.kind(node) == TreePage.LEAF) {
      var found = new RecordTree.Found(page.reference(node), page.leafCiphertextHash(node));
      boolean sound = files.recordIfSound(found).isPresent();
      damaged += sound ? 0 : 1;
      return !sound;
    }
    return false;
  }
}
