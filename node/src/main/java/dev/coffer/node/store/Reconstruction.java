package dev.coffer.node.store;

import dev.coffer.node.store.tree.Allocator;
import dev.coffer.node.store.tree.PagePath;
import dev.coffer.node.store.tree.RecordTree;
import dev.coffer.node.store.tree.TreeFilling;
import dev.coffer.node.store.tree.TreePage;
import dev.coffer.node.store.tree.TreeSource;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.node.store.tree.TreeWalk;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings a partition's store to a certified state, whatever it holds now: an old state, nothing, a
 * state with holes. From {@link #aim} to {@link #finish} the store proves and applies nothing, also
 * across crashes; what has been filled stays. One at a time a partition; not thread-safe.
 *
 * <p>Guarantee: after {@link #finish} every page and every record hashes to the certified root, and
 * the hashes of all entries lead to the certified head, however the source behaved.
 */
public final class Reconstruction {
  /** A transaction's worth of pages. */
  private static final int MARKS_AT_ONCE = 1024;

  private final PartitionStore store;
  private final PartitionFiles files;
  private final TreeFilling filling;
  private ChainValues hashesReach;
  private Optional<Certificate> target = Optional.empty();
  private boolean filled;

  Reconstruction(PartitionStore store, PartitionFiles files) {
    this.store = store;
    this.files = files;
    this.filling = new TreeFilling(new Filled());
    this.hashesReach = store.state().position().values();
  }

  /** The slots that are filled. */
  private final class Filled implements TreeFilling.Target {
    private long written;

    @Override
    public Optional<TreePage> pageAsItIs(int slot, PagePath path) {
      return files.pageAsItIs(slot, path);
    }

    @Override
    public Optional<Bytes> recordIfSound(RecordTree.Found found) {
      return files.recordIfSound(found);
    }

    @Override
    public int rootSlot() {
      return store.state().rootSlot();
    }

    @Override
    public Allocator allocator() {
      return new Allocator(store.state().nextPage(), store.state().nextRecord());
    }

    @Override
    public void write(
        int rootSlot,
        Allocator allocator,
        Map<Integer, TreePage> pages,
        Map<Integer, Bytes> records) {
      List<Slot.Patch> patches = new ArrayList<>();
      records.forEach((slot, ciphertext) -> patches.add(files.record(slot, ciphertext)));
      pages.forEach((slot, page) -> patches.add(files.page(slot, page)));
      // One transaction on its way to the disk while the next is fetched.
      sync();
      written = store.rebuild(store.state().with(rootSlot, allocator), patches);
    }

    @Override
    public void sync() {
      store.awaitDurable(written);
    }
  }

  /**
   * Where the entry hashes stand: at the store's newest entry at first, then at the newest one
   * given to {@link #entryHashes}. Its root means nothing.
   */
  public ChainValues hashesReach() {
    return hashesReach;
  }

  /**
   * Looks at every page and record, every hash and recent entry once and remembers which to fetch
   * again; recent entries and statements that are damaged it forgets. Needed only when the disk is
   * suspected; takes a minute for 10⁷ records.
   *
   * @return how many of them are damaged; 1 for all hashes together
   */
  public long markDamage() {
    PartitionState state = store.state();
    Invariant.check(state.syncing().isEmpty(), "damage is marked before the first aim");
    long[] damaged = new long[1];
    List<Slot.Patch> marks = new ArrayList<>();
    TreeWalk.Visitor marking =
        new TreeWalk.Visitor() {
          @Override
          public void damaged(String what) {
            damaged[0]++;
          }

          @Override
          public void above(int slot, TreePage marked) {
            // Nothing else reads these flags: a crash before the first aim leaves them without
            // effect.
            marks.add(files.page(slot, marked));
            if (marks.size() == MARKS_AT_ONCE) {
              write(marks);
            }
          }
        };
    boolean ignored =
        new TreeWalk(files, state.nextPage(), state.nextRecord(), marking).walk(state.root());
    List<Slot.Patch> forgotten = store.damagedRing();
    damaged[0] += forgotten.size();
    marks.addAll(forgotten);
    if (!marks.isEmpty()) {
      write(marks);
    }
    ChainValues at = state.position().values();
    ChainValues founding = ChainValues.founding(at.fleetId(), at.partition());
    Map<Long, Bytes> heads = HashChain.heads(files, founding, at.k(), Set.of(), () -> {});
    if (!at.head().equals(heads.getOrDefault(at.k(), Bytes.EMPTY))) {
      // The hashes of peers are checked against a certified head, ours against nothing better.
      hashesReach = founding;
      damaged[0]++;
    }
    return damaged[0];
  }

  private void write(List<Slot.Patch> marks) {
    store.awaitDurable(store.rebuild(store.state(), marks));
    marks.clear();
  }

  /**
   * Sets the state to reach. May be called again with a newer one.
   *
   * @param newTarget verified by the caller; its k is not below the store's
   */
  public void aim(Certificate newTarget) {
    ChainValues values = newTarget.values();
    PartitionState state = store.state();
    ChainValues stored = state.position().values();
    Invariant.check(
        values.fleetId().equals(stored.fleetId())
            && values.partition() == stored.partition()
            && values.k() >= stored.k(),
        "a synchronisation goes forward along the same chain");
    if (values.k() == stored.k() && !values.head().equals(stored.head())) {
      throw new StoreFault.Divergence("the certified head of entry " + values.k());
    }
    target = Optional.of(newTarget);
    filled = false;
    PartitionState base = state;
    if (hashesReach.k() < stored.k()) {
      // Our own hashes are damaged: what a peer sends in their place counts only up to a certified
      // head, so a crash on the way must not leave us believing them.
      base = state.at(new RecordStore.Position(hashesReach, state.position().order()));
    }
    // From here on, also after a crash, nobody uses this partition before finish.
    store.awaitDurable(store.rebuild(base.syncing(Optional.of(values)), List.of()));
  }

  private ChainValues target() {
    Invariant.check(target.isPresent(), "a synchronisation has a target");
    return target.get().values();
  }

  /**
   * Fetches what differs. Returns when the whole tree hashes to the target's root.
   *
   * @throws TreeSourceFailure if the source fails or lies; call it again with another source, or
   *     aim anew
   */
  public void fill(TreeSource source) throws TreeSourceFailure {
    filling.fill(target().root(), source);
    filled = true;
  }

  /**
   * Takes the hashes of the entries after {@link #hashesReach}, oldest first, 32 octets each, up to
   * the target's k. If all are there and do not lead to the target's head, throws them all away.
   *
   * @throws TreeSourceFailure LIED if so
   */
  public void entryHashes(List<Bytes> next) throws TreeSourceFailure {
    ChainValues base = store.state().position().values();
    Invariant.check(
        hashesReach.k() + next.size() <= target().k(), "entry hashes end at the target");
    List<Slot.Patch> patches = new ArrayList<>();
    for (Bytes hash : next) {
      if (hash.size() != Limits.DIGEST) {
        throw new TreeSourceFailure(TreeSourceFailure.Reason.LIED, "the hash of an entry");
      }
      hashesReach = HashChain.next(hashesReach, hash);
      patches.add(files.entryHash(hashesReach.k(), hash));
    }
    if (hashesReach.k() == target().k() && !hashesReach.head().equals(target().head())) {
      // Which of them is wrong nobody can tell: the certificate covers the last head alone.
      hashesReach = base;
      throw new TreeSourceFailure(TreeSourceFailure.Reason.LIED, "the hashes of entries");
    }
    store.awaitDurable(store.rebuild(store.state(), patches));
  }

  /**
   * Ends it, durably: the store stands at the target.
   *
   * @param order the position that the ordering engine goes on from. No certificate covers it: a
   *     peer that lies about it makes this node miss entries, which its HSM then notices
   */
  public void finish(OrderPosition order) {
    Invariant.check(
        filled && hashesReach.k() == target().k() && hashesReach.head().equals(target().head()),
        "a synchronisation ends at its target");
    PartitionState state = store.state();
    // A position that goes backwards would make the ordering engine's own checks fail for nothing.
    OrderPosition furthest =
        order.index() >= state.position().order().index() ? order : state.position().order();
    PartitionState done =
        state
            .at(new RecordStore.Position(target(), furthest))
            .with(target.orElseThrow())
            .syncing(Optional.empty());
    store.awaitDurable(store.rebuild(done, List.of()));
  }
}
