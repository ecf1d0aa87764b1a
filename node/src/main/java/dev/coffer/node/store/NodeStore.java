package dev.coffer.node.store;

import dev.coffer.protocol.fleet.FleetId;
import java.nio.file.Path;

/**
 * A node's store: one directory, one {@link RecordStore} a partition. Thread-safe; one process at a
 * time holds it.
 */
public interface NodeStore extends AutoCloseable {
  /**
   * Opens the store in {@code directory}, making it if the directory is new or empty.
   *
   * @param partitions of the fleet; fixed for good
   * @throws StoreForeign if the directory is another fleet's, or of another format
   * @throws StoreUnavailable if another process holds it, or the disk refuses
   * @throws StoreCorrupt if it cannot be read
   */
  static NodeStore open(Path directory, FleetId fleetId, int partitions, StoreSettings settings) {
    return DiskNodeStore.open(directory, fleetId, partitions, settings);
  }

  /**
   * The store of {@code partition}, the same object each time.
   *
   * @throws IllegalArgumentException if there is no such partition
   */
  RecordStore partition(int partition);

  /** Makes everything applied durable and lets the directory go. Later calls do nothing. */
  @Override
  void close();
}
