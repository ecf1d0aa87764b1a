package dev.coffer.node.store.check;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.Progress;
import dev.coffer.node.store.HashChain;
import dev.coffer.node.store.PartitionFiles;
import dev.coffer.node.store.PartitionState;
import dev.coffer.node.store.Slot;
import dev.coffer.node.store.StoppedStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.StoredEntry;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.OutcomeTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks at everything one partition keeps. Not thread-safe. */
final class PartitionCheck {
  private final StoppedStore store;
  private final PartitionFiles files;
  private final Fleet fleet;
  private final int self;
  private final int partition;
  private final int ring;
  private final Findings findings;

  /** What is said about the chain, here and elsewhere. */
  private final List<ChainClaim> claims = new ArrayList<>();

  /** All values at a k, where they are known. */
  private final Map<Long, ChainValues> known = new HashMap<>();

  /**
   * Of HSM {@code self}'s node.
   *
   * @param ring recent entries kept
   */
  PartitionCheck(
      StoppedStore store,
      PartitionFiles files,
      Fleet fleet,
      int self,
      int partition,
      int ring,
      Findings findings) {
    this.store = store;
    this.files = files;
    this.fleet = fleet;
    this.self = self;
    this.partition = partition;
    this.ring = ring;
    this.findings = findings;
  }

  private String name(Slot.Kind file) {
    return file.fileName(partition);
  }

  private void damage(Slot.Kind where, String what) {
    StoreCheck.damage(findings, name(where), what);
  }

  /** The state; empty, with a finding, if it is damaged or another fleet's. */
  Optional<PartitionState> state() throws IOException {
    try {
      Optional<PartitionState> state = files.state();
      if (state.isEmpty() && anything()) {
        damage(Slot.Kind.STATE, "nothing says where the partition stands");
        return Optional.empty();
      }
      PartitionState found =
          state.orElseGet(
              () -> PartitionState.founding(ChainValues.founding(fleet.id(), partition)));
      ChainValues values = found.position().values();
      if (!values.fleetId().equals(fleet.id()) || values.partition() != partition) {
        damage(Slot.Kind.STATE, "it is of another fleet or partition");
        return Optional.empty();
      }
      return Optional.of(found);
    } catch (StoreFault e) {
      damage(Slot.Kind.STATE, "what says where the partition stands is damaged");
      return Optional.empty();
    }
  }

  private boolean anything() throws IOException {
    for (Slot.Kind file : Slot.Kind.values()) {
      if (store.endsBehind(partition, file, 0)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Looks at everything.
   *
   * @param others what else is known of this partition's chain
   * @return sound records
   */
  long check(PartitionState state, List<ChainClaim> others, Progress progress) throws IOException {
    ChainValues at = state.position().values();
    long of = state.nextPage() + (long) state.nextRecord() + at.k();
    long[] done = new long[1];
    Runnable step = () -> progress.at(++done[0], Math.max(of, done[0]));
    known.put(at.k(), at);
    claims.addAll(others);
    state.certificate().ifPresent(this::certificate);
    recent(at.k());
    chain(at, step);
    if (state.syncing().isPresent()) {
      findings.note(
          name(Slot.Kind.STATE),
          "the partition was being fetched from the peers and is not complete yet",
          "Start the node: it goes on where it was.");
      return 0;
    }
    leftovers(state);
    return new TreeCheck(files, state, what -> damage(Slot.Kind.PAGES, what), step).check();
  }

  private void certificate(Certificate certificate) {
    try {
      certificate.verify(fleet);
      if (certificate.values().partition() != partition) {
        damage(Slot.Kind.STATE, "its certificate is of another partition");
      } else {
        claims.add(
            new ChainClaim("the certificate in " + name(Slot.Kind.STATE), certificate.values()));
      }
    } catch (Rejected e) {
      damage(Slot.Kind.STATE, "its certificate does not verify (" + e.code() + ")");
    }
  }

  private void recent(long newest) {
    long wanted = Math.min(newest, ring);
    long entries = 0;
    long statements = 0;
    for (long k = newest - wanted + 1; k <= newest; k++) {
      entries += entry(k) ? 1 : 0;
      statements += statement(k) ? 1 : 0;
    }
    missing(Slot.Kind.ENTRIES, entries, wanted, "newest entries, as after fetching from peers");
    missing(Slot.Kind.STATEMENTS, statements, wanted, "newest statements, as after a silent start");
  }

  private void missing(Slot.Kind file, long there, long wanted, String what) {
    if (there < wanted) {
      findings.note(
          name(file), "it holds " + there + " of the " + wanted + " " + what, StoreCheck.NOTHING);
    }
  }

  private boolean entry(long k) {
    Optional<StoredEntry> stored;
    try {
      stored = files.storedEntry(k);
    } catch (StoreFault e) {
      damage(Slot.Kind.ENTRIES, "the slot of entry " + k + " is damaged");
      return true;
    }
    if (stored.isEmpty()) {
      return false;
    }
    StoredEntry entry = stored.get();
    ChainValues values = entry.values();
    boolean fits =
        values.fleetId().equals(fleet.id())
            && values.partition() == partition
            && hashed(k).equals(Optional.of(ChainValues.entryHash(entry.entry())))
            && canonical(entry)
            && OutcomeTree.root(entry.leaves()).equals(values.outcomesRoot());
    if (fits && values.equals(known.getOrDefault(k, values))) {
      known.put(k, values);
      claims.add(new ChainClaim("entry " + k + " in " + name(Slot.Kind.ENTRIES), values));
    } else {
      damage(
          Slot.Kind.ENTRIES,
          "entry " + k + " and its hash, leaves and values do not belong together");
    }
    return true;
  }

  private Optional<Bytes> hashed(long k) {
    try {
      return Optional.of(files.entryHash(k));
    } catch (StoreFault missing) {
      return Optional.empty();
    }
  }

  /** An entry that does not decode has no outcomes; one that does has one form. */
  private static boolean canonical(StoredEntry stored) {
    try {
      Entry entry = Entry.decode(stored.entry());
      return entry.encode().equals(stored.entry())
          && entry.items().size() == stored.leaves().size();
    } catch (Rejected e) {
      return stored.leaves().isEmpty();
    }
  }

  private boolean statement(long k) {
    try {
      Optional<Statement> statement = files.statement(k);
      if (statement.isPresent()) {
        if (statement.get().index() != self || !statement.get().verify(fleet)) {
          damage(Slot.Kind.STATEMENTS, "the statement on entry " + k + " is not this HSM's");
        } else {
          String where = "the statement on entry " + k + " in " + name(Slot.Kind.STATEMENTS);
          claims.add(new ChainClaim(where, statement.get().values()));
        }
      }
      return statement.isPresent();
    } catch (StoreFault e) {
      damage(Slot.Kind.STATEMENTS, "the slot of the statement on entry " + k + " is damaged");
      return true;
    }
  }

  private void chain(ChainValues at, Runnable step) {
    Set<Long> wanted = new HashSet<>();
    claims.forEach(claim -> wanted.add(claim.values().k()));
    ChainValues founding = ChainValues.founding(fleet.id(), partition);
    Map<Long, Bytes> heads = HashChain.heads(files, founding, at.k(), wanted, step);
    boolean leads = Optional.of(at.head()).equals(Optional.ofNullable(heads.get(at.k())));
    if (!leads) {
      long good = 0;
      for (ChainClaim claim : claims) {
        ChainValues said = claim.values();
        Optional<Bytes> head = Optional.ofNullable(heads.get(said.k()));
        good = head.equals(Optional.of(said.head())) ? Math.max(good, said.k()) : good;
      }
      damage(
          Slot.Kind.ENTRY_HASHES,
          "the hashes of all entries do not lead to the head of entry "
              + at.k()
              + "; up to entry "
              + good
              + " they are confirmed");
    }
    for (ChainClaim claim : claims) {
      ChainValues said = claim.values();
      Optional<Bytes> head =
          Optional.ofNullable(heads.get(said.k())).filter(h -> leads && said.k() <= at.k());
      boolean fits =
          head.map(said.head()::equals).orElse(true)
              && said.equals(known.getOrDefault(said.k(), said));
      if (!fits) {
        findings.contradiction(
            claim.where(),
            "it speaks of an entry " + said.k() + " that is not the one on this store's chain",
            StoreCheck.INSPECT);
      }
    }
  }

  /** Slots beyond what the state has given out: the store had been further than it says. */
  private void leftovers(PartitionState state) throws IOException {
    long k = state.position().values().k();
    boolean beyond =
        store.endsBehind(partition, Slot.Kind.ENTRY_HASHES, k)
            || store.endsBehind(partition, Slot.Kind.PAGES, state.nextPage())
            || store.endsBehind(partition, Slot.Kind.RECORDS, state.nextRecord());
    if (beyond || further(state)) {
      damage(Slot.Kind.STATE, "the other files hold more than it knows of: newer commits are lost");
    }
  }

  /**
   * Whether the slot on the disk is newer than the journal, which is always written first: then its
   * last frame was not torn by a crash but is rotten, and the commit in it was acknowledged.
   */
  private boolean further(PartitionState recovered) {
    try {
      return PartitionState.decode(store.asItIs(new Slot(partition, Slot.Kind.STATE, 0)))
          .filter(raw -> newer(raw, recovered))
          .isPresent();
    } catch (StoreFault torn) {
      return false;
    }
  }

  private static boolean newer(PartitionState a, PartitionState b) {
    return a.position().values().k() > b.position().values().k()
        || a.position().order().index() > b.position().order().index()
        || certified(a) > certified(b);
  }

  private static long certified(PartitionState state) {
    return state.certificate().map(newest -> newest.values().k()).orElse(0L);
  }
}
