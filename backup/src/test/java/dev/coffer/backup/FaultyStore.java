package dev.coffer.backup;

import dev.coffer.backup.BackupException.Reason;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A store in memory whose n-th write fails: having done nothing, or having done it all the same.
 */
final class FaultyStore implements ObjectStore {
  final TreeMap<String, byte[]> objects = new TreeMap<>();
  private long writesLeft = Long.MAX_VALUE;
  private boolean doneAllTheSame;
  private Reason reason = Reason.STORE_UNREACHABLE;
  long writes;
  Runnable beforeWrite = () -> {};

  /** From write number {@code write} on (counting from 0), every write fails. */
  void failFrom(long write, boolean doingItAllTheSame, Reason with) {
    writesLeft = write;
    doneAllTheSame = doingItAllTheSame;
    reason = with;
  }

  void heal() {
    writesLeft = Long.MAX_VALUE;
  }

  private synchronized void write(Runnable action) throws BackupException {
    beforeWrite.run();
    if (writesLeft <= 0) {
      if (doneAllTheSame && writesLeft == 0) {
        action.run();
      }
      writesLeft--;
      throw new BackupException(reason, "The store failed on purpose: run again.");
    }
    writesLeft--;
    writes++;
    action.run();
  }

  @Override
  public void put(String name, byte[] content) throws BackupException {
    write(() -> objects.put(name, content.clone()));
  }

  @Override
  public synchronized Optional<byte[]> get(String name, int sizeMax) {
    return Optional.ofNullable(objects.get(name)).map(byte[]::clone);
  }

  @Override
  public synchronized void list(String prefix, Consumer<StoredObject> sink) {
    new TreeMap<>(objects.tailMap(prefix))
        .forEach((name, content) -> {
          if (name.startsWith(prefix)) {
            sink.accept(new StoredObject(name, content.length));
          }
        });
  }

  @Override
  public void delete(String name) throws BackupException {
    write(() -> objects.remove(name));
  }

  @Override
  public void flush() throws BackupException {
    write(() -> {});
  }
}
