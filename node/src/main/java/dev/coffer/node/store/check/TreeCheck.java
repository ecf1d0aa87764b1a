package dev.coffer.node.store.check;

import dev.coffer.node.store.PartitionFiles;
import dev.coffer.node.store.PartitionState;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.tree.PagePath;
import dev.coffer.node.store.tree.RecordTree;
import dev.coffer.node.store.tree.TreePage;
import dev.coffer.node.store.tree.TreeSlots;
import dev.coffer.node.store.tree.TreeWalk;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.tree.PartialTree;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Walks the record tree, and computes its root once more from the leaves alone. Not thread-safe.
 */
final class TreeCheck implements TreeWalk.Visitor, TreeSlots {
  private final PartitionFiles files;
  private final PartitionState state;
  private final Consumer<String> damage;
  private final Runnable step;
  private final LeafTree rebuilt = new LeafTree();
  private long records;

  /** {@code step} runs after each page and record. */
  TreeCheck(PartitionFiles files, PartitionState state, Consumer<String> damage, Runnable step) {
    this.files = files;
    this.state = state;
    this.damage = damage;
    this.step = step;
  }

  /** Returns how many records are sound. */
  long check() {
    boolean sound =
        new TreeWalk(this, state.nextPage(), state.nextRecord(), this).walk(state.root());
    if (sound && !rebuilt.root().equals(state.root().hash())) {
      damaged("the root that follows from the records is not the one that is stored");
    }
    return records;
  }

  @Override
  public void step() {
    step.run();
  }

  @Override
  public void damaged(String what) {
    damage.accept(what);
  }

  @Override
  public void sound(TreeKey key, Bytes ciphertext) {
    records++;
    // From the record itself, not from the leaf.
    rebuilt.add(key, PartialTree.ciphertextHash(ciphertext));
  }

  @Override
  public Optional<TreePage> pageAsItIs(int slot, PagePath path) {
    return readable(() -> files.pageAsItIs(slot, path));
  }

  @Override
  public Optional<Bytes> recordIfSound(RecordTree.Found found) {
    return readable(() -> files.recordIfSound(found));
  }

  /** A disk that refuses one sector must not end the check of the others. */
  private static <T> Optional<T> readable(Supplier<Optional<T>> reading) {
    try {
      return reading.get();
    } catch (StoreFault.Unavailable e) {
      return Optional.empty();
    }
  }
}
