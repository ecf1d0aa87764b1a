package dev.coffer.node.store;

import dev.coffer.node.store.tree.Allocator;
import dev.coffer.node.store.tree.RecordTree;
import dev.coffer.node.store.tree.TreePage;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.tree.PartialTree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One partition over its files. The monitor guards every field but {@code durable}. */
final class PartitionStore implements RecordStore {
  private static final int HASHES_MAX = 65_536;

  /** A view this many entries old is still good enough for a peer. */
  private static final int VIEW_AGE_MAX = 64;

  private final PartitionFiles files;
  private final GroupCommit commit;
  private final StoreSettings settings;
  private final RecordTree tree;

  private PartitionState state;
  private volatile Position durable;

  private final HeldStates holds;

  /** Whether {@code state} says more than the newest transaction. */
  private boolean stateRides;

  /** Statements that go to disk with the next transaction, by k. */
  private final Map<Long, Statement> riders = new HashMap<>();

  /** Transactions of entries that may not be durable yet, oldest first. */
  private final ArrayDeque<Long> inFlight = new ArrayDeque<>();

  PartitionStore(
      ChainValues founding, GroupCommit commit, PageCache cache, StoreSettings settings) {
    this.commit = commit;
    this.settings = settings;
    this.files =
        new PartitionFiles(founding.partition(), settings.entriesKept(), commit::read, cache);
    this.tree = new RecordTree(files::page);
    this.holds = new HeldStates(settings.heldOctets());
    this.state = files.state().orElseGet(() -> PartitionState.founding(founding));
    ChainValues values = state.position().values();
    if (!values.fleetId().equals(founding.fleetId())
        || values.partition() != founding.partition()) {
      throw new StoreFault.Foreign("partition " + founding.partition() + " is of another fleet");
    }
    this.durable = state.position();
    holdIfCertified();
  }

  @Override
  public synchronized Position position() {
    return state.position();
  }

  @Override
  public Position durable() {
    return durable;
  }

  private void refuseWhileSyncing() {
    if (state.syncing().isPresent()) {
      throw new StoreFault.Unavailable("a synchronisation of this partition has not ended");
    }
  }

  @Override
  public synchronized Proof prove(List<TreeKey> touched) {
    refuseWhileSyncing();
    Map<TreeKey, RecordTree.Found> found = new HashMap<>();
    PartialTree multiproof = tree.prove(state.root(), touched, found);
    List<Optional<Bytes>> records = new ArrayList<>(touched.size());
    for (TreeKey key : touched) {
      records.add(Optional.ofNullable(found.get(key)).map(files::record));
    }
    return new Proof(state.position().values(), records, multiproof);
  }

  @Override
  public void apply(EntryResult result) {
    commit.await(applyNow(result));
  }

  /** Returns the number of the transaction that must be durable before the HSM goes on. */
  private synchronized long applyNow(EntryResult result) {
    refuseWhileSyncing();
    Bytes entryHash = ChainValues.entryHash(result.entry());
    checkFollows(result, entryHash);
    List<TreePage.Put> puts = new ArrayList<>();
    for (int i = 0; i < result.touched().size(); i++) {
      TreeKey key = result.touched().get(i);
      result.records().get(i).ifPresent(record -> puts.add(new TreePage.Put(key, record)));
    }
    Allocator allocator = new Allocator(state.nextPage(), state.nextRecord());
    RecordTree.Update update = tree.update(state.root(), puts, allocator);
    if (!update.root().hash().equals(result.values().root())) {
      throw new StoreFault.Divergence("root of entry " + result.values().k());
    }
    // From here on nothing can fail but the disk, and the disk takes all of it or nothing.
    List<Slot.Patch> patches = new ArrayList<>();
    puts.forEach(put -> patches.add(files.record(put.slot(), put.ciphertext())));
    holdOldContent(puts, update.pages());
    update.pages().forEach(changed -> patches.add(files.page(changed.slot(), changed.page())));
    patches.add(files.entry(result));
    long k = result.values().k();
    patches.add(files.entryHash(k, entryHash));
    result.statement().ifPresent(statement -> patches.add(files.statement(statement)));
    Position reached = new Position(result.values(), result.order());
    state = state.with(update.root().slot(), allocator).at(reached);
    holdIfCertified();
    inFlight.add(append(patches));
    return inFlight.size() >= settings.lagMax() ? inFlight.remove() : 0;
  }

  /** Sets aside, for the states that can still be read, what is about to be written over. */
  private void holdOldContent(List<TreePage.Put> puts, List<RecordTree.Changed> pages) {
    Map<Integer, Bytes> records = new HashMap<>();
    for (HeldStates.Held held : holds.before(state)) {
      pages.forEach(changed -> held.keepPage(changed.slot(), changed.old()));
      for (TreePage.Put put : puts) {
        if (held.needsRecord(put.slot())) {
          held.keepRecord(
              put.slot(), records.computeIfAbsent(put.slot(), slot -> files.recordAsItIs(slot)));
        }
      }
    }
    holds.kept();
  }

  /** The certificate that is known may be that of the state now reached. */
  private void holdIfCertified() {
    if (!syncing()) {
      state.certificate().ifPresent(certificate -> holds.certify(certificate, state));
    }
  }

  /** Appends {@code patches}, what rides with them, and the state. */
  private long append(List<Slot.Patch> patches) {
    riders.values().forEach(statement -> patches.add(files.statement(statement)));
    patches.add(files.state(state));
    Position reached = state.position();
    long number = commit.append(patches, () -> durable = reached);
    riders.clear();
    stateRides = false;
    return number;
  }

  private void checkFollows(EntryResult result, Bytes entryHash) {
    ChainValues values = result.values();
    ChainValues before = state.position().values();
    boolean follows =
        values.fleetId().equals(before.fleetId())
            && values.partition() == before.partition()
            && values.k() == before.k() + 1
            && values.head().equals(before.nextHead(entryHash));
    if (!follows) {
      throw new StoreFault.Divergence("entry " + values.k() + " does not follow " + before.k());
    }
    if (result.order().index() < state.position().order().index()) {
      throw new StoreFault.Divergence("the order of entry " + values.k() + " goes backwards");
    }
  }

  @Override
  public synchronized void advance(OrderPosition order) {
    if (order.index() > state.position().order().index()) {
      boolean leap = order.index() > state.position().order().index() + 1;
      state = state.at(new Position(state.position().values(), order));
      stateRides = true;
      if (leap) {
        holds.advanced(state);
      }
    }
  }

  @Override
  public void sync() {
    synchronized (this) {
      if (stateRides || !riders.isEmpty()) {
        append(new ArrayList<>());
      }
    }
    commit.sync();
  }

  private boolean isRecent(long k) {
    long newest = state.position().values().k();
    return k >= 1 && k <= newest && k > newest - settings.entriesKept();
  }

  @Override
  public synchronized void keepStatement(Statement statement) {
    if (isRecent(statement.values().k())) {
      riders.put(statement.values().k(), statement);
    }
  }

  @Override
  public synchronized void keepCertificate(Certificate newer) {
    Optional<Certificate> kept = state.certificate();
    if (kept.isEmpty() || newer.values().k() > kept.get().values().k()) {
      state = state.with(newer);
      stateRides = true;
      holds.certify(newer, state);
    }
  }

  @Override
  public synchronized Optional<Certificate> certificate() {
    return state.certificate();
  }

  @Override
  public synchronized Optional<StoredEntry> entry(long k) {
    if (!isRecent(k)) {
      return Optional.empty();
    }
    Optional<StoredEntry> stored = files.entry(k);
    Statement riding = riders.get(k);
    return riding == null ? stored : stored.map(entry -> entry.with(riding));
  }

  @Override
  public List<Bytes> entryHashes(long after, int count) {
    if (after < 0 || count < 0 || count > HASHES_MAX || after + count > position().values().k()) {
      throw new IllegalArgumentException("entry hashes stand from 1 to k, 65,536 a call");
    }
    List<Bytes> hashes = new ArrayList<>(count);
    for (long k = after + 1; k <= after + count; k++) {
      hashes.add(files.entryHash(k));
    }
    return hashes;
  }

  @Override
  public synchronized boolean syncing() {
    return state.syncing().isPresent();
  }

  @Override
  public synchronized Optional<TreeView> view(long atLeast) {
    if (syncing()) {
      return Optional.empty();
    }
    return holds.show(atLeast, state.position().values().k() - VIEW_AGE_MAX).map(this::view);
  }

  @Override
  public synchronized Optional<TreeView> viewAt(long k) {
    return holds.at(k).map(this::view);
  }

  private TreeView view(HeldStates.Certified held) {
    return new TreeView(this, files, held);
  }

  @Override
  public synchronized Reconstruction reconstruct() {
    return new Reconstruction(this, files);
  }

  /** For {@link Reconstruction}: the state as it is now. */
  synchronized PartitionState state() {
    return state;
  }

  /**
   * For {@link Reconstruction}: what forgets the recent entries and statements that are damaged.
   */
  synchronized List<Slot.Patch> damagedRing() {
    List<Slot.Patch> forgotten = new ArrayList<>();
    long newest = state.position().values().k();
    for (long k = Math.max(1, newest - settings.entriesKept() + 1); k <= newest; k++) {
      forgotten.addAll(files.damagedRing(k));
    }
    return forgotten;
  }

  /**
   * For {@link Reconstruction}: writes {@code patches} and {@code next} in one transaction and
   * returns its number. Views end: what they would set aside is not tracked here.
   */
  synchronized long rebuild(PartitionState next, List<Slot.Patch> patches) {
    holds.clear();
    state = next;
    inFlight.clear();
    holdIfCertified();
    return append(new ArrayList<>(patches));
  }

  /** For {@link Reconstruction}: bounds what waits for the disk. */
  void awaitDurable(long transaction) {
    commit.await(transaction);
  }
}
