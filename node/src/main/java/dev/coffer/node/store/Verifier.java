package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.Optional;

/**
 * Reads and hashes a held state from the root down, page by page, so that the store goes on between
 * two pages. Reads the disk, not the cache.
 */
final class Verifier {
  private final Object monitor;
  private final PartitionFiles files;
  private final HeldState held;
  private long pages;
  private long records;
  private long damaged;

  Verifier(Object monitor, PartitionFiles files, HeldState held) {
    this.monitor = monitor;
    this.files = files;
    this.held = held;
  }

  /** Throws MOVED if the held state is gone before the end. */
  Verification verify() throws TreeSourceFailure {
    RecordTree.Root root = held.state().root();
    if (root.slot() != 0) {
      page(PagePath.ROOT, root.slot(), root.hash());
    }
    ChainValues at = held.state().position().values();
    return new Verification(at, pages, records, damaged, chained(at));
  }

  private void page(PagePath path, int slot, Bytes expected) throws TreeSourceFailure {
    Optional<TreePage> page;
    synchronized (monitor) {
      if (held.gone()) {
        throw new TreeSourceFailure(TreeSourceFailure.Reason.MOVED, "the state is held no more");
      }
      page = held.page(slot).or(() -> files.pageAsItIs(slot, path));
      if (page.isPresent() && page.get().hasRootHash(expected)) {
        records(page.get());
      }
    }
    if (page.isEmpty() || !page.get().hasRootHash(expected)) {
      damaged++;
      return;
    }
    pages++;
    for (int node = TreePage.BOUNDARY; node < TreePage.NODES; node++) {
      if (page.get().kind(node) == TreePage.CHILD) {
        PagePath below = path.child(node - TreePage.BOUNDARY);
        page(below, page.get().reference(node), page.get().hash(node));
      }
    }
  }

  private void records(TreePage page) {
    for (int node = TreePage.TOP; node < TreePage.NODES; node++) {
      if (page.kind(node) == TreePage.LEAF) {
        int slot = page.reference(node);
        boolean sound =
            held.record(slot).isPresent()
                || files
                    .recordIfSound(new RecordTree.Found(slot, page.leafCiphertextHash(node)))
                    .isPresent();
        records += sound ? 1 : 0;
        damaged += sound ? 0 : 1;
      }
    }
  }

  private boolean chained(ChainValues at) {
    ChainValues values = ChainValues.founding(at.fleetId(), at.partition());
    for (long k = 1; k <= at.k(); k++) {
      Bytes head = values.nextHead(files.entryHash(k));
      values = new ChainValues(at.fleetId(), at.partition(), k, head, at.root(), at.outcomesRoot());
    }
    return values.head().equals(at.head());
  }
}
