package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.fleet.FleetId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** All partitions in one engine, so that one flush serves them all. */
final class DiskNodeStore implements NodeStore {
  /** Raised when what is on disk changes its meaning. */
  static final int FORMAT = 1;

  private final FleetId fleetId;
  private final int partitions;
  private final StoreSettings settings;
  private final Engine engine;
  private final GroupCommit commit;
  private final PageCache cache;
  private final Runnable stopBackground;
  private final Map<Integer, PartitionStore> open = new HashMap<>();
  private boolean closed;

  DiskNodeStore(
      FleetId fleetId,
      int partitions,
      StoreSettings settings,
      Engine engine,
      Executor background,
      Runnable stopBackground) {
    this.fleetId = fleetId;
    this.partitions = partitions;
    this.settings = settings;
    this.engine = engine;
    this.stopBackground = stopBackground;
    this.commit = new GroupCommit(engine, background);
    this.cache = new PageCache(settings.cacheOctets());
  }

  static NodeStore open(Path directory, FleetId fleetId, int partitions, StoreSettings settings) {
    StoreMarker.claim(directory, FORMAT, fleetId, partitions);
    Engine engine = MvStoreEngine.open(directory.resolve("mv"), 8 << 20);
    ExecutorService background =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("coffer-store").daemon(true).factory());
    return new DiskNodeStore(
        fleetId, partitions, settings, engine, background, background::shutdown);
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
      engine.close();
    }
  }
}
