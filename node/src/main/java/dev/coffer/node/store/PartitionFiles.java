package dev.coffer.node.store;

import dev.coffer.node.store.tree.PagePath;
import dev.coffer.node.store.tree.RecordTree;
import dev.coffer.node.store.tree.TreePage;
import dev.coffer.node.store.tree.TreeSlots;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.tree.PartialTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one partition's slots, checks what it reads, and names the slots to write. Thread-safe. */
public final class PartitionFiles implements TreeSlots {
  /** Where slots are read from: the newest content, or what the next start will find. */
  interface Reader {
    Bytes read(Slot slot);
  }

  private final int partition;
  private final int ring;
  private final Reader reader;
  private final PageCache cache;

  /** {@code ring}: recent entries kept. */
  PartitionFiles(int partition, int ring, Reader reader, PageCache cache) {
    this.partition = partition;
    this.ring = ring;
    this.reader = reader;
    this.cache = cache;
  }

  private Slot slot(Slot.Kind kind, long number) {
    return new Slot(partition, kind, number);
  }

  /** Where the partition stands; empty before the first entry. */
  public Optional<PartitionState> state() {
    return PartitionState.decode(reader.read(slot(Slot.Kind.STATE, 0)));
  }

  Slot.Patch state(PartitionState state) {
    return new Slot.Patch(slot(Slot.Kind.STATE, 0), state.encode());
  }

  /** The page in a slot, if it hashes to {@code expected}. */
  TreePage page(int number, PagePath path, Bytes expected) {
    Slot slot = slot(Slot.Kind.PAGES, number);
    Optional<TreePage> cached = cache.get(slot);
    if (cached.isPresent() && cached.get().hasRootHash(expected)) {
      return cached.get();
    }
    TreePage page =
        pageAsItIs(number, path).orElseThrow(() -> new StoreFault.Corrupt("a tree page"));
    if (!page.hasRootHash(expected)) {
      throw new StoreFault.Corrupt("a tree page does not hash to what stands above it");
    }
    cache.put(slot, page);
    return page;
  }

  @Override
  public Optional<TreePage> pageAsItIs(int number, PagePath path) {
    try {
      return Optional.of(TreePage.decode(path, reader.read(slot(Slot.Kind.PAGES, number))));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }

  /** The patch that writes a page; from now on reads give it. */
  Slot.Patch page(int number, TreePage page) {
    Slot slot = slot(Slot.Kind.PAGES, number);
    cache.put(slot, page);
    return new Slot.Patch(slot, page.encode());
  }

  /** The ciphertext in a slot, if it hashes to {@code ciphertextHash}. */
  Bytes record(RecordTree.Found found) {
    return recordIfSound(found)
        .orElseThrow(() -> new StoreFault.Corrupt("a record does not hash to what the tree says"));
  }

  @Override
  public Optional<Bytes> recordIfSound(RecordTree.Found found) {
    Bytes record = recordAsItIs(found.slot());
    return record.size() == Limits.RECORD
            && PartialTree.ciphertextHash(record).equals(found.ciphertextHash())
        ? Optional.of(record)
        : Optional.empty();
  }

  /** What a record's slot holds, whatever it hashes to. */
  Bytes recordAsItIs(int number) {
    return reader.read(slot(Slot.Kind.RECORDS, number));
  }

  Slot.Patch record(int number, Bytes ciphertext) {
    return new Slot.Patch(slot(Slot.Kind.RECORDS, number), ciphertext);
  }

  /** H(entry {@code k}), 32 octets. */
  public Bytes entryHash(long k) {
    Bytes hash = reader.read(slot(Slot.Kind.ENTRY_HASHES, k - 1));
    if (hash.size() != Limits.DIGEST) {
      throw new StoreFault.Corrupt("the hash of entry " + k + " is missing");
    }
    return hash;
  }

  Slot.Patch entryHash(long k, Bytes hash) {
    return new Slot.Patch(slot(Slot.Kind.ENTRY_HASHES, k - 1), hash);
  }

  Optional<StoredEntry> entry(long k) {
    return storedEntry(k).map(entry -> statement(k).map(entry::with).orElse(entry));
  }

  /** The entry without its statement. */
  public Optional<StoredEntry> storedEntry(long k) {
    Bytes content = reader.read(slot(Slot.Kind.ENTRIES, k % ring));
    return StoreCodec.entry(content, k, Optional.empty());
  }

  Slot.Patch entry(EntryResult result) {
    return new Slot.Patch(
        slot(Slot.Kind.ENTRIES, result.values().k() % ring), StoreCodec.encode(result));
  }

  /** This HSM's statement on entry {@code k}, if it is kept. */
  public Optional<Statement> statement(long k) {
    return StoreCodec.statement(reader.read(slot(Slot.Kind.STATEMENTS, k % ring)), k);
  }

  Slot.Patch statement(Statement statement) {
    return new Slot.Patch(
        slot(Slot.Kind.STATEMENTS, statement.values().k() % ring), StoreCodec.encode(statement));
  }

  /** What forgets entry {@code k} and its statement, as far as their slots are damaged. */
  List<Slot.Patch> damagedRing(long k) {
    List<Slot.Patch> forgotten = new ArrayList<>();
    try {
      var ignored = storedEntry(k);
    } catch (StoreFault.Corrupt e) {
      forgotten.add(new Slot.Patch(slot(Slot.Kind.ENTRIES, k % ring), StoreCodec.NEVER_WRITTEN));
    }
    try {
      var ignored = statement(k);
    } catch (StoreFault.Corrupt e) {
      forgotten.add(new Slot.Patch(slot(Slot.Kind.STATEMENTS, k % ring), StoreCodec.NEVER_WRITTEN));
    }
    return forgotten;
  }
}
