package dev.coffer.node.store;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fills a partition from the certified root down. A page is written as soon as it hashes to what
 * stands above it, with an open reference to everything that is not below it yet; a reference is
 * closed once all below it is there. So a crash loses at most what was on its way, and whoever
 * begins again descends only where references are open.
 */
final class Rebuilding implements Reconstruction {
  private final PartitionStore store;
  private final PartitionFiles files;
  private final TreeFilling filling;
  private ChainValues hashesReach;
  private Optional<Certificate> target = Optional.empty();
  private boolean filled;

  Rebuilding(PartitionStore store, PartitionFiles files) {
    this.store = store;
    this.files = files;
    this.filling = new TreeFilling(store, files);
    this.hashesReach = store.state().position().values();
  }

  @Override
  public ChainValues hashesReach() {
    return hashesReach;
  }

  @Override
  public long markDamage() {
    PartitionState state = store.state();
    Invariant.check(state.syncing().isEmpty(), "damage is marked before the first aim");
    long damaged = new DamageMarks(store, files).mark();
    if (!chained()) {
      // The hashes of peers are checked against a certified head, ours against nothing better.
      hashesReach =
          ChainValues.founding(
              state.position().values().fleetId(), state.position().values().partition());
    }
    return damaged;
  }

  private boolean chained() {
    ChainValues at = store.state().position().values();
    ChainValues values = ChainValues.founding(at.fleetId(), at.partition());
    for (long k = 1; k <= at.k(); k++) {
      values = after(values, files.entryHash(k));
    }
    return values.head().equals(at.head());
  }

  private static ChainValues after(ChainValues values, Bytes entryHash) {
    return new ChainValues(
        values.fleetId(),
        values.partition(),
        values.k() + 1,
        values.nextHead(entryHash),
        values.root(),
        values.outcomesRoot());
  }

  @Override
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
      throw new StoreDivergence("the certified head of entry " + values.k());
    }
    target = Optional.of(newTarget);
    filled = false;
    PartitionState base = state;
    if (hashesReach.k() < stored.k()) {
      // Our own hashes are damaged: what a peer sends in their place counts only up to a certified
      // head, so a crash on the way must not leave us believing them.
      base = state.at(new StorePosition(hashesReach, state.position().order()));
    }
    // From here on, also after a crash, nobody uses this partition before finish.
    store.awaitDurable(store.rebuild(base.syncing(Optional.of(values)), List.of()));
  }

  private ChainValues target() {
    Invariant.check(target.isPresent(), "a synchronisation has a target");
    return target.get().values();
  }

  @Override
  public void fill(TreeSource source) throws TreeSourceFailure {
    filling.fill(target().root(), source);
    filled = true;
  }

  @Override
  public void entryHashes(List<Bytes> next) throws TreeSourceFailure {
    ChainValues base = store.state().position().values();
    Invariant.check(
        hashesReach.k() + next.size() <= target().k(), "entry hashes end at the target");
    List<Patch> patches = new ArrayList<>();
    for (Bytes hash : next) {
      if (hash.size() != Limits.DIGEST) {
        throw new TreeSourceFailure(TreeSourceFailure.Reason.LIED, "the hash of an entry");
      }
      hashesReach = after(hashesReach, hash);
      patches.add(files.entryHash(hashesReach.k(), hash));
    }
    if (hashesReach.k() == target().k() && !hashesReach.head().equals(target().head())) {
      // Which of them is wrong nobody can tell: the certificate covers the last head alone.
      hashesReach = base;
      throw new TreeSourceFailure(TreeSourceFailure.Reason.LIED, "the hashes of entries");
    }
    store.awaitDurable(store.rebuild(store.state(), patches));
  }

  @Override
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
            .at(new StorePosition(target(), furthest))
            .with(target.orElseThrow())
            .syncing(Optional.empty());
    store.awaitDurable(store.rebuild(done, List.of()));
  }
}
