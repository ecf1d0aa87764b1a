package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A node's store: one directory, one {@link RecordStore} a partition, all over one journal, so that
 * one flush serves them all. Thread-safe; one process at a time holds it.
 */
public final class NodeStore implements AutoCloseable {
  /** Raised when what is on disk changes its meaning. */
  static final int FORMAT = 1;

  private final FleetId fleetId;
  private final int partitions;
  private final StoreSettings settings;
  private final JournaledSlots slots;
  private final GroupCommit commit;
  private final PageCache cache;
  private final Runnable stopBackground;
  private final Map<Integer, PartitionStore> open = new HashMap<>();
  private boolean closed;

  NodeStore(
      FleetId fleetId,
      int partitions,
      StoreSettings settings,
      JournaledSlots slots,
      Executor background,
      Runnable stopBackground) {
    this.fleetId = fleetId;
    this.partitions = partitions;
    this.settings = settings;
    this.slots = slots;
    this.stopBackground = stopBackground;
    this.commit = new GroupCommit(slots, background);
    this.cache = new PageCache(settings.cacheOctets());
  }

  /**
   * Opens the store in {@code directory}, making it if the directory is new or empty.
   *
   * @param partitions of the fleet; fixed for good
   * @throws StoreFault.Foreign if the directory is another fleet's, or of another format
   * @throws StoreFault.Unavailable if another process holds it, or the disk refuses
   * @throws StoreFault.Corrupt if it cannot be read
   */
  public static NodeStore open(
      Path directory, FleetId fleetId, int partitions, StoreSettings settings) {
    StoreMarker.claim(directory, FORMAT, fleetId, partitions);
    ExecutorService commits = oneThread("coffer-store-commit");
    ExecutorService checkpoints = oneThread("coffer-store-checkpoint");
    Runnable stop =
        () -> {
          commits.close();
          checkpoints.close();
        };
    try {
      DirectoryDisk disk = DirectoryDisk.open(directory);
      JournaledSlots slots = JournaledSlots.open(disk, settings.journalOctets(), checkpoints);
      return new NodeStore(fleetId, partitions, settings, slots, commits, stop);
    } catch (IOException e) {
      stop.run();
      throw new StoreFault.Unavailable("open", e);
    } catch (StoreFault e) {
      stop.run();
      throw e;
    }
  }

  private static ExecutorService oneThread(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon(true).factory());
  }

  /**
   * The store of {@code partition}, the same object each time.
   *
   * @throws IllegalArgumentException if there is no such partition
   */
  public synchronized RecordStore partition(int partition) {
    if (partition < 0 || partition >= partitions) {
      throw new IllegalArgumentException("no such partition");
    }
    if (closed) {
      throw new StoreFault.Unavailable("closed");
    }
    return open.computeIfAbsent(
        partition,
        p -> new PartitionStore(ChainValues.founding(fleetId, p), commit, cache, settings));
  }

  /** Makes everything applied durable and lets the directory go. Later calls do nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      open.values().forEach(PartitionStore::sync);
    } finally {
      stopBackground.run();
      slots.close();
    }
  }
}
