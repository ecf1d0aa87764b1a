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

/** All partitions over one journal, so that one flush serves them all. */
final class DiskNodeStore implements NodeStore {
  /** Raised when what is on disk changes its meaning. */
  static final int FORMAT = 1;

  private final FleetId fleetId;
  private final int partitions;
  private final StoreSettings settings;
  private final SlotStore slots;
  private final GroupCommit commit;
  private final PageCache cache;
  private final Runnable stopBackground;
  private final Map<Integer, PartitionStore> open = new HashMap<>();
  private boolean closed;

  DiskNodeStore(
      FleetId fleetId,
      int partitions,
      StoreSettings settings,
      SlotStore slots,
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

  static NodeStore open(Path directory, FleetId fleetId, int partitions, StoreSettings settings) {
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
      SlotStore slots = JournaledSlots.open(disk, settings.journalOctets(), checkpoints);
      return new DiskNodeStore(fleetId, partitions, settings, slots, commits, stop);
    } catch (IOException e) {
      stop.run();
      throw new StoreUnavailable("open", e);
    } catch (StoreFault e) {
      stop.run();
      throw e;
    }
  }

  private static ExecutorService oneThread(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon(true).factory());
  }

  @Override
  public synchronized RecordStore partition(int partition) {
    if (partition < 0 || partition >= partitions) {
      throw new IllegalArgumentException("no such partition");
    }
    if (closed) {
      throw new StoreUnavailable("closed");
    }
    return open.computeIfAbsent(
        partition,
        p -> new PartitionStore(ChainValues.founding(fleetId, p), commit, cache, settings));
  }

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
