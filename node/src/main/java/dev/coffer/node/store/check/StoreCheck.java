package dev.coffer.node.store.check;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.check.Finding.RepairAction;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.Progress;
import dev.coffer.node.store.PartitionFiles;
import dev.coffer.node.store.PartitionState;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoppedStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.StoreSettings;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Looks at every octet of a stopped node's store: sums, the journal, the tree from its leaves, the
 * chain from the founding, recent entries, statements, certificates. Repeats the journal in memory,
 * as the next start will on disk; writes nothing. Not thread-safe.
 *
 * <p><b>Guarantee:</b> a store without damage or contradiction opens, and everything it then hands
 * out is what was once written, all of one state. <b>Not guaranteed:</b> that this state is the
 * newest there was: a whole store put back from a copy looks whole. The HSM's memory says that.
 */
public final class StoreCheck implements AutoCloseable {
  /** For everything that the peers have too. */
  private static final String FETCH_AGAIN =
      "Run coffer node repair and start the node: store.directory is moved aside, and the node fetches the"
          + " certified state from its peers and checks every octet.";

  /** For what fits together nowhere. */
  static final String INSPECT =
      "Keep store, Raft directory and HSM as they are for inspection, let the others run on, and compare with a"
          + " peer's findings.";

  /** For what needs nobody. */
  static final String NOTHING = "Nothing: the node makes it good by itself.";

  private static final String JOURNAL = "journal-0, journal-1";

  private final StoppedStore store;
  private final Fleet fleet;
  private final int self;
  private final int ring;
  private final Findings findings;
  private final boolean recovered;

  private StoreCheck(StoppedStore store, Fleet fleet, int self, int ring, Findings findings) {
    this.store = store;
    this.fleet = fleet;
    this.self = self;
    this.ring = ring;
    this.findings = findings;
    this.recovered = recover();
  }

  /**
   * Takes the store in {@code directory} as long as this is open.
   *
   * @param self the node, 1 to n
   * @throws StoreFault.Unavailable if a node has it open
   * @throws IOException if the directory cannot be read
   */
  public static StoreCheck open(
      Path directory, Fleet fleet, int self, StoreSettings settings, Findings findings)
      throws IOException {
    StoppedStore store = StoppedStore.open(directory);
    StoppedStore.foreign(directory, fleet.id(), fleet.settings().partitions())
        .ifPresent(what -> damage(findings, "COFFER-STORE", what));
    return new StoreCheck(store, fleet, self, settings.entriesKept(), findings);
  }

  /** Of {@code store}, which is closed with this; {@code ring}: recent entries kept. */
  public static StoreCheck of(
      StoppedStore store, Fleet fleet, int self, int ring, Findings findings) {
    return new StoreCheck(store, fleet, self, ring, findings);
  }

  /** Adds what moving the store aside puts right. */
  static void damage(Findings findings, String where, String what) {
    findings.damage(where, what, FETCH_AGAIN, RepairAction.STORE_ASIDE);
  }

  private boolean recover() {
    try {
      store.recover();
      Map<String, Integer> differing = new TreeMap<>();
      store
          .differing()
          .forEach(
              slot -> differing.merge(slot.kind().fileName(slot.partition()), 1, Integer::sum));
      differing.forEach((name, count) ->
          damage(
              findings,
              name,
              count + " of its slots hold other octets than the journal says were written"));
      return true;
    } catch (StoreFault e) {
      damage(findings, JOURNAL, "a commit that was durable is missing");
    } catch (IOException e) {
      damage(findings, JOURNAL, "they cannot be read");
    }
    return false;
  }

  /**
   * Where a partition stands.
   *
   * @param certificate the newest one kept, whether it verifies or not
   * @param syncing whether a synchronisation has not ended
   * @param records sound ones
   */
  public record Partition(
      RecordStore.Position position,
      Optional<Certificate> certificate,
      boolean syncing,
      long records) {
    /** The k of its newest certificate. */
    public long certified() {
      return certificate.map(newest -> newest.values().k()).orElse(0L);
    }
  }

  /**
   * Checks one partition.
   *
   * @param claims what other files say of its chain
   * @return where it stands; empty, with a finding, if nothing says so
   */
  public Optional<Partition> check(int partition, List<ChainClaim> claims, Progress progress)
      throws IOException {
    Invariant.check(
        partition >= 0 && partition < fleet.settings().partitions(), "there is such a partition");
    if (!recovered) {
      return Optional.empty();
    }
    PartitionFiles files = store.partition(partition, ring);
    PartitionCheck check = new PartitionCheck(store, files, fleet, self, partition, ring, findings);
    Optional<PartitionState> state = check.state();
    if (state.isEmpty()) {
      return Optional.empty();
    }
    long records = check.check(state.get(), claims, progress);
    return Optional.of(
        new Partition(
            state.get().position(),
            state.get().certificate(),
            state.get().syncing().isPresent(),
            records));
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
