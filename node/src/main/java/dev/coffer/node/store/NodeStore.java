package dev.coffer.node.store;

/**
 * A node's store: one directory, one {@link RecordStore} a partition. Thread-safe; one process at a
 * time holds it.
 */
public interface NodeStore extends AutoCloseable {
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
