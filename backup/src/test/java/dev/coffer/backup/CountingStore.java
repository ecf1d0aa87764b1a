package dev.coffer.backup;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Another store, and which of its objects were read. */
final class CountingStore implements ObjectStore {
  final Set<String> reads = new TreeSet<>();
  private final ObjectStore store;

  CountingStore(ObjectStore store) {
    this.store = store;
  }

  @Override
  public void put(String name, byte[] content) throws BackupException {
    store.put(name, content);
  }

  @Override
  public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
    reads.add(name);
    return store.get(name, sizeMax);
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
    store.list(prefix, sink);
  }

  @Override
  public void delete(String name) throws BackupException {
    store.delete(name);
  }

  @Override
  public void flush() throws BackupException {
    store.flush();
  }
}
