package dev.coffer.node.store;

import dev.coffer.node.check.Findings;
import dev.coffer.node.check.Mending;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.tree.PartialTree;
import java.util.BitSet;
import java.util.Optional;

/**
 * Walks the record tree in the order of names: every page against what stands above it, every
 * record against its leaf, every reference against what was ever given out; and computes the root
 * once more from the leaves alone. Not thread-safe.
 */
final class TreeCheck {
  private final PartitionFiles files;
  private final PartitionState state;
  private final Findings findings;
  private final Runnable step;
  private final String where;
  private final LeafTree rebuilt = new LeafTree();
  private final BitSet pagesSeen = new BitSet();
  private final BitSet recordsSeen = new BitSet();
  private long records;
  private long damaged;

  /** {@code step} runs after each page and record. */
  TreeCheck(
      PartitionFiles files, PartitionState state, Findings findings, Runnable step, String where) {
    this.files = files;
    this.state = state;
    this.findings = findings;
    this.step = step;
    this.where = where;
  }

  /** Returns how many records are sound. */
  long check() {
    RecordTree.Root root = state.root();
    if (root.slot() != 0) {
      page(PagePath.ROOT, root.slot(), root.hash());
    }
    if (damaged == 0 && !rebuilt.root().equals(root.hash())) {
      damage("the root that follows from the records is not the one that is stored");
    }
    return records;
  }

  private void damage(String what) {
    damaged++;
    findings.damage(where, what, Remedy.FETCH_AGAIN, Mending.STORE_ASIDE);
  }

  private void page(PagePath path, int slot, Bytes expected) {
    step.run();
    if (slot <= 0 || slot >= state.nextPage() || pagesSeen.get(slot)) {
      damage("a page stands in slot " + slot + ", which was never given to it");
      return;
    }
    pagesSeen.set(slot);
    Optional<TreePage> page = readable(() -> files.pageAsItIs(slot, path));
    if (page.isEmpty()) {
      damage("the tree page in slot " + slot + " is damaged");
    } else if (!page.get().hasRootHash(expected)) {
      damage("the tree page in slot " + slot + " does not hash to what stands above it");
    } else {
      node(path, page.get(), TreePage.TOP);
    }
  }

  private void node(PagePath path, TreePage page, int node) {
    switch (page.kind(node)) {
      case TreePage.INNER -> {
        node(path, page, 2 * node);
        node(path, page, 2 * node + 1);
      }
      case TreePage.CHILD ->
          page(path.child(node - TreePage.BOUNDARY), page.reference(node), page.hash(node));
      case TreePage.LEAF -> record(page, node);
      default -> {
        return;
      }
    }
  }

  private void record(TreePage page, int node) {
    step.run();
    int slot = page.reference(node);
    if (slot <= 0 || slot >= state.nextRecord() || recordsSeen.get(slot)) {
      damage("a record stands in slot " + slot + ", which was never given to it");
      return;
    }
    recordsSeen.set(slot);
    var found = new RecordTree.Found(slot, page.leafCiphertextHash(node));
    Optional<Bytes> record = readable(() -> files.recordIfSound(found));
    if (record.isEmpty()) {
      damage("the record in slot " + slot + " does not hash to what the tree says");
      return;
    }
    records++;
    // From the record itself, not from the leaf.
    rebuilt.add(page.leafKey(node), PartialTree.ciphertextHash(record.get()));
  }

  private interface Reading<T> {
    Optional<T> read();
  }

  /** A disk that refuses one sector must not end the check of the others. */
  private static <T> Optional<T> readable(Reading<T> reading) {
    try {
      return reading.read();
    } catch (StoreUnavailable e) {
      return Optional.empty();
    }
  }
}
