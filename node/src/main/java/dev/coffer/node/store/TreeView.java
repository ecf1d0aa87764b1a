package dev.coffer.node.store;

import dev.coffer.node.store.tree.PagePath;
import dev.coffer.node.store.tree.RecordTree;
import dev.coffer.node.store.tree.TreePage;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A certified state of the tree that holds still while the store goes on, for peers that
 * synchronise. What the store writes over is set aside for it, up to a limit; past the limit the
 * view is gone. Thread-safe.
 */
public final class TreeView {
  private final Object monitor;
  private final PartitionFiles files;
  private final HeldStates.Certified held;
  private final RecordTree tree;

  /** {@code monitor}: the partition's. */
  TreeView(Object monitor, PartitionFiles files, HeldStates.Certified held) {
    this.monitor = monitor;
    this.files = files;
    this.held = held;
    this.tree =
        new RecordTree((slot, path, expected) ->
            held.state().page(slot).orElseGet(() -> files.page(slot, path, expected)));
  }

  /** The certificate over this state, not verified here. */
  public Certificate certificate() {
    return held.certificate();
  }

  /** The ordering engine's position of its newest entry. */
  public OrderPosition order() {
    return held.state().state().position().order();
  }

  /**
   * Four levels of the tree: an encoded {@code PartialTree} whose deepest inner nodes are bare
   * hashes, at most {@link PagePath#ENCODED_MAX} octets. Empty if no page hangs there.
   *
   * @throws TreeSourceFailure MOVED if the view is gone
   */
  public Optional<Bytes> page(PagePath path) throws TreeSourceFailure {
    synchronized (monitor) {
      refuseWhenGone();
      return tree.page(held.state().state().root(), path).map(TreePage::encodeBare);
    }
  }

  /**
   * A ciphertext, 1,024 octets; empty if there is no such record.
   *
   * @throws TreeSourceFailure MOVED if the view is gone
   */
  public Optional<Bytes> record(TreeKey key) throws TreeSourceFailure {
    synchronized (monitor) {
      refuseWhenGone();
      Map<TreeKey, RecordTree.Found> found = new HashMap<>();
      var ignored = tree.prove(held.state().state().root(), List.of(key), found);
      return Optional.ofNullable(found.get(key))
          .map(there -> held.state().record(there.slot()).orElseGet(() -> files.record(there)));
    }
  }

  private void refuseWhenGone() throws TreeSourceFailure {
    if (held.state().gone()) {
      throw new TreeSourceFailure(TreeSourceFailure.Reason.MOVED, "the state is held no more");
    }
  }
}
