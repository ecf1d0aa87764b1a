package dev.coffer.node.store;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.Mending;
import dev.coffer.node.check.Watch;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
  private final OverlayDisk disk;
  private final Fleet fleet;
  private final int self;
  private final StoreSettings settings;
  private final Findings findings;
  private final Optional<GroupCommit> recovered;

  /** Over {@code below}, on which nothing is written and which is closed with this. */
  StoreCheck(Disk below, Fleet fleet, int self, StoreSettings settings, Findings findings) {
    this.disk = new OverlayDisk(below);
    this.fleet = fleet;
    this.self = self;
    this.settings = settings;
    this.findings = findings;
    this.recovered = recover();
  }

  /**
   * Takes the store in {@code directory} as long as this is open.
   *
   * @param self the node, 1 to n
   * @throws StoreUnavailable if a node has it open
   * @throws IOException if the directory cannot be read
   */
  public static StoreCheck open(
      Path directory, Fleet fleet, int self, StoreSettings settings, Findings findings)
      throws IOException {
    ReadOnlyDirectory below = ReadOnlyDirectory.open(directory);
    Optional<String> foreign =
        Files.isDirectory(directory)
            ? StoreMarker.difference(
                directory, DiskNodeStore.FORMAT, fleet.id(), fleet.settings().partitions())
            : Optional.empty();
    foreign.ifPresent(
        what -> findings.damage(StoreMarker.NAME, what, Remedy.FETCH_AGAIN, Mending.STORE_ASIDE));
    return new StoreCheck(below, fleet, self, settings, findings);
  }

  private Optional<GroupCommit> recover() {
    try {
      SlotStore slots = JournaledSlots.open(disk, Long.MAX_VALUE, Runnable::run);
      new JournalCheck(disk).check(findings);
      return Optional.of(new GroupCommit(slots, Runnable::run));
    } catch (StoreFault e) {
      findings.damage(
          "journal-0, journal-1",
          "a commit that was durable is missing",
          Remedy.FETCH_AGAIN,
          Mending.STORE_ASIDE);
    } catch (IOException e) {
      findings.damage(
          "journal-0, journal-1", "they cannot be read", Remedy.FETCH_AGAIN, Mending.STORE_ASIDE);
    }
    return Optional.empty();
  }

  /**
   * Where a partition stands.
   *
   * @param certificate the newest one kept, whether it verifies or not
   * @param syncing whether a synchronisation has not ended
   * @param records sound ones
   */
  public record Partition(
      StorePosition position, Optional<Certificate> certificate, boolean syncing, long records) {
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
  public Optional<Partition> check(int partition, List<ChainClaim> claims, Watch watch)
      throws IOException {
    Invariant.check(
        partition >= 0 && partition < fleet.settings().partitions(), "there is such a partition");
    if (recovered.isEmpty()) {
      return Optional.empty();
    }
    PartitionFiles files =
        new PartitionFiles(
            partition,
            settings.entriesKept(),
            recovered.get(),
            new PageCache(settings.cacheOctets()));
    PartitionCheck check =
        new PartitionCheck(disk, files, fleet, self, partition, settings.entriesKept(), findings);
    Optional<PartitionState> state = check.state();
    if (state.isEmpty()) {
      return Optional.empty();
    }
    long records = check.check(state.get(), claims, watch);
    return Optional.of(
        new Partition(
            state.get().position(),
            state.get().certificate(),
            state.get().syncing().isPresent(),
            records));
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}
