package dev.coffer.node.store;

import dev.coffer.node.store.Engine.Write;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.tree.PartialTree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A partition's data over the node's engine. The monitor guards every field but the durable one.
 */
final class PartitionStore implements RecordStore {
  private static final int HASHES_MAX = 65_536;

  private final Keys keys;
  private final GroupCommit commit;
  private final PageCache cache;
  private final StoreSettings settings;
  private final RecordTree tree = new RecordTree(this::load);

  private StorePosition newest;
  private volatile StorePosition durable;
  private Optional<Certificate> certificate;
  private boolean syncing;

  /** What goes to disk with the next transaction, in order. */
  private final List<Write> riders = new ArrayList<>();

  /** Transactions of entries that may not be durable yet, oldest first. */
  private final ArrayDeque<Long> inFlight = new ArrayDeque<>();

  PartitionStore(
      ChainValues founding, GroupCommit commit, PageCache cache, StoreSettings settings) {
    this.keys = new Keys(founding.partition());
    this.commit = commit;
    this.cache = cache;
    this.settings = settings;
    newest =
        commit
            .get(keys.position())
            .map(StoreCodec::position)
            .orElse(new StorePosition(founding, OrderPosition.NONE));
    if (!newest.values().fleetId().equals(founding.fleetId())
        || newest.values().partition() != founding.partition()) {
      throw new StoreForeign("partition " + founding.partition() + " is of another fleet");
    }
    durable = newest;
    certificate = commit.get(keys.certificate()).map(StoreCodec::certificate);
    syncing = commit.get(keys.syncing()).isPresent();
  }

  @Override
  public synchronized StorePosition position() {
    return newest;
  }

  @Override
  public StorePosition durable() {
    return durable;
  }

  private TreePage load(PagePath path, Bytes expected) {
    Bytes key = keys.page(path);
    Optional<TreePage> cached = cache.get(key);
    if (cached.isPresent() && cached.get().rootHash().equals(expected)) {
      return cached.get();
    }
    Bytes encoded = commit.get(key).orElseThrow(() -> new StoreCorrupt("a tree page is missing"));
    try {
      TreePage page = TreePage.decode(path, encoded);
      if (!page.rootHash().equals(expected)) {
        throw new StoreCorrupt("a tree page does not hash to what stands above it");
      }
      cache.put(key, page);
      return page;
    } catch (Rejected e) {
      throw new StoreCorrupt("a tree page", e);
    }
  }

  private Bytes loadRecord(TreeKey key, Bytes expected) {
    Bytes record =
        commit.get(keys.record(key)).orElseThrow(() -> new StoreCorrupt("a record is missing"));
    if (!PartialTree.ciphertextHash(record).equals(expected)) {
      throw new StoreCorrupt("a record does not hash to what the tree says");
    }
    return record;
  }

  private void refuseWhileSyncing() {
    if (syncing) {
      throw new StoreUnavailable("a synchronisation of this partition has not ended");
    }
  }

  @Override
  public synchronized Proof prove(List<TreeKey> touched) {
    refuseWhileSyncing();
    Map<TreeKey, Bytes> found = new HashMap<>();
    PartialTree multiproof = tree.prove(newest.values().root(), touched, found);
    List<Optional<Bytes>> records = new ArrayList<>(touched.size());
    for (TreeKey key : touched) {
      Bytes ciphertextHash = found.get(key);
      records.add(
          ciphertextHash == null ? Optional.empty() : Optional.of(loadRecord(key, ciphertextHash)));
    }
    return new Proof(newest.values(), records, multiproof);
  }

  @Override
  public void apply(EntryResult result) {
    commit.await(applyNow(result));
  }

  /** Returns the number of the transaction that must be durable before the HSM goes on. */
  private synchronized long applyNow(EntryResult result) {
    refuseWhileSyncing();
    checkFollows(result);
    List<byte[]> leaves = new ArrayList<>();
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < result.touched().size(); i++) {
      TreeKey key = result.touched().get(i);
      result
          .records()
          .get(i)
          .ifPresent(record -> {
            leaves.add(TreePage.leaf(key, PartialTree.ciphertextHash(record)));
            writes.add(Write.put(keys.record(key), record));
          });
    }
    RecordTree.Update update = tree.update(newest.values().root(), leaves);
    if (!update.root().equals(result.values().root())) {
      throw new StoreDivergence("root of entry " + result.values().k());
    }
    // From here on nothing can fail but the disk, and the disk takes all of it or nothing.
    update
        .pages()
        .forEach((path, page) -> {
          Bytes key = keys.page(path);
          cache.put(key, page);
          writes.add(Write.put(key, page.encode()));
        });
    return append(result, writes);
  }

  private long append(EntryResult result, List<Write> writes) {
    long k = result.values().k();
    StorePosition reached = new StorePosition(result.values(), result.order());
    writes.add(Write.put(keys.position(), StoreCodec.encode(reached)));
    writes.add(Write.put(keys.entryHash(k), ChainValues.entryHash(result.entry())));
    writes.add(Write.put(keys.recent(k), StoreCodec.encode(result)));
    result
        .statement()
        .ifPresent(s -> writes.add(Write.put(keys.statement(k), StoreCodec.encode(s))));
    writes.addAll(takeRiders());
    if (k > settings.entriesKept()) {
      writes.add(Write.delete(keys.recent(k - settings.entriesKept())));
      writes.add(Write.delete(keys.statement(k - settings.entriesKept())));
    }
    newest = reached;
    inFlight.add(commit.append(writes, () -> durable = reached));
    return inFlight.size() >= settings.lagMax() ? inFlight.remove() : 0;
  }

  private List<Write> takeRiders() {
    List<Write> taken = List.copyOf(riders);
    riders.clear();
    return taken;
  }

  private void checkFollows(EntryResult result) {
    ChainValues values = result.values();
    ChainValues before = newest.values();
    boolean follows =
        values.fleetId().equals(before.fleetId())
            && values.partition() == before.partition()
            && values.k() == before.k() + 1
            && values.head().equals(before.nextHead(ChainValues.entryHash(result.entry())));
    if (!follows) {
      throw new StoreDivergence("entry " + values.k() + " does not follow " + before.k());
    }
    if (result.order().index() < newest.order().index()) {
      throw new StoreDivergence("the order of entry " + values.k() + " goes backwards");
    }
  }

  @Override
  public synchronized void advance(OrderPosition order) {
    refuseWhileSyncing();
    if (order.index() > newest.order().index()) {
      newest = new StorePosition(newest.values(), order);
    }
  }

  @Override
  public void sync() {
    synchronized (this) {
      if (!riders.isEmpty() || !newest.equals(durable)) {
        StorePosition reached = newest;
        List<Write> writes = new ArrayList<>(takeRiders());
        writes.add(Write.put(keys.position(), StoreCodec.encode(reached)));
        commit.append(writes, () -> durable = reached);
      }
    }
    commit.sync();
  }

  @Override
  public synchronized void keepStatement(Statement statement) {
    long k = statement.values().k();
    if (k <= newest.values().k() && k > newest.values().k() - settings.entriesKept()) {
      riders.add(Write.put(keys.statement(k), StoreCodec.encode(statement)));
    }
  }

  @Override
  public synchronized void keepCertificate(Certificate newer) {
    if (certificate.isEmpty() || newer.values().k() > certificate.get().values().k()) {
      certificate = Optional.of(newer);
      riders.add(Write.put(keys.certificate(), newer.encode()));
    }
  }

  @Override
  public synchronized Optional<Certificate> certificate() {
    return certificate;
  }

  @Override
  public synchronized Optional<StoredEntry> entry(long k) {
    if (k < 1 || k > newest.values().k()) {
      return Optional.empty();
    }
    Optional<Bytes> riding =
        riders.stream()
            .filter(write -> write.key().equals(keys.statement(k)))
            .findFirst()
            .flatMap(Write::value);
    return commit
        .get(keys.recent(k))
        .map(encoded -> StoreCodec.entry(encoded, riding.or(() -> commit.get(keys.statement(k)))));
  }

  @Override
  public List<Bytes> entryHashes(long after, int count) {
    if (after < 0 || count < 0 || count > HASHES_MAX || after + count > position().values().k()) {
      throw new IllegalArgumentException("entry hashes stand from 1 to k, 65,536 a call");
    }
    List<Bytes> hashes = new ArrayList<>(count);
    for (long k = after + 1; k <= after + count; k++) {
      Bytes hash =
          commit
              .get(keys.entryHash(k))
              .orElseThrow(() -> new StoreCorrupt("an entry's hash is missing"));
      if (hash.size() != Limits.DIGEST) {
        throw new StoreCorrupt("an entry's hash");
      }
      hashes.add(hash);
    }
    return hashes;
  }

  @Override
  public synchronized boolean syncing() {
    return syncing;
  }
}
