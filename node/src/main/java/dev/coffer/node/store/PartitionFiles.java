package dev.coffer.node.store;

import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.tree.PartialTree;
import java.util.Optional;

/** Reads one partition's slots, checks what it reads, and names the slots to write. Thread-safe. */
final class PartitionFiles {
  private final int partition;
  private final int ring;
  private final GroupCommit commit;
  private final PageCache cache;

  /** {@code ring}: recent entries kept. */
  PartitionFiles(int partition, int ring, GroupCommit commit, PageCache cache) {
    this.partition = partition;
    this.ring = ring;
    this.commit = commit;
    this.cache = cache;
  }

  private Slot slot(SlotFile file, long number) {
    return new Slot(partition, file, number);
  }

  Optional<PartitionState> state() {
    return PartitionState.decode(commit.read(slot(SlotFile.STATE, 0)));
  }

  Patch state(PartitionState state) {
    return new Patch(slot(SlotFile.STATE, 0), state.encode());
  }

  /** The page in a slot, if it hashes to {@code expected}. */
  TreePage page(int number, PagePath path, Bytes expected) {
    Slot slot = slot(SlotFile.PAGES, number);
    Optional<TreePage> cached = cache.get(slot);
    if (cached.isPresent() && cached.get().hasRootHash(expected)) {
      return cached.get();
    }
    TreePage page = pageAsItIs(number, path).orElseThrow(() -> new StoreCorrupt("a tree page"));
    if (!page.hasRootHash(expected)) {
      throw new StoreCorrupt("a tree page does not hash to what stands above it");
    }
    cache.put(slot, page);
    return page;
  }

  /** What a slot holds, whatever it hashes to; empty if it is not a page for {@code path}. */
  Optional<TreePage> pageAsItIs(int number, PagePath path) {
    try {
      return Optional.of(TreePage.decode(path, commit.read(slot(SlotFile.PAGES, number))));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }

  /** The patch that writes a page; from now on reads give it. */
  Patch page(int number, TreePage page) {
    Slot slot = slot(SlotFile.PAGES, number);
    cache.put(slot, page);
    return new Patch(slot, page.encode());
  }

  /** The ciphertext in a slot, if it hashes to {@code ciphertextHash}. */
  Bytes record(RecordTree.Found found) {
    return recordIfSound(found)
        .orElseThrow(() -> new StoreCorrupt("a record does not hash to what the tree says"));
  }

  Optional<Bytes> recordIfSound(RecordTree.Found found) {
    Bytes record = recordAsItIs(found.slot());
    return record.size() == Limits.RECORD
            && PartialTree.ciphertextHash(record).equals(found.ciphertextHash())
        ? Optional.of(record)
        : Optional.empty();
  }

  /** What a record's slot holds, whatever it hashes to. */
  Bytes recordAsItIs(int number) {
    return commit.read(slot(SlotFile.RECORDS, number));
  }

  Patch record(int number, Bytes ciphertext) {
    return new Patch(slot(SlotFile.RECORDS, number), ciphertext);
  }

  Bytes entryHash(long k) {
    Bytes hash = commit.read(slot(SlotFile.ENTRY_HASHES, k - 1));
    if (hash.size() != Limits.DIGEST) {
      throw new StoreCorrupt("the hash of entry " + k + " is missing");
    }
    return hash;
  }

  Patch entryHash(long k, Bytes hash) {
    return new Patch(slot(SlotFile.ENTRY_HASHES, k - 1), hash);
  }

  Optional<StoredEntry> entry(long k) {
    return storedEntry(k).map(entry -> statement(k).map(entry::with).orElse(entry));
  }

  /** The entry without its statement. */
  Optional<StoredEntry> storedEntry(long k) {
    Bytes content = commit.read(slot(SlotFile.ENTRIES, k % ring));
    return StoreCodec.entry(content, k, Optional.empty());
  }

  Patch entry(EntryResult result) {
    return new Patch(slot(SlotFile.ENTRIES, result.values().k() % ring), StoreCodec.encode(result));
  }

  Optional<Statement> statement(long k) {
    return StoreCodec.statement(commit.read(slot(SlotFile.STATEMENTS, k % ring)), k);
  }

  Patch statement(Statement statement) {
    return new Patch(
        slot(SlotFile.STATEMENTS, statement.values().k() % ring), StoreCodec.encode(statement));
  }
}
