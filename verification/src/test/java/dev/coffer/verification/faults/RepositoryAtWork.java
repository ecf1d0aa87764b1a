package dev.coffer.verification.faults;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.DepositKey;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.RetentionPolicy;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.StoredObject;
import dev.coffer.backup.deposit.DepositInbox;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A process that does one thing to a repository, and says a point before each write, so that it can
 * be killed there. Arguments: the folder of it all; {@code prune}, {@code repair} or {@code
 * deposit}.
 */
final class RepositoryAtWork {
  private static final RetentionPolicy LAST_AT_ONCE =
      new RetentionPolicy(1, 0, 0, 0, 0, ZoneOffset.UTC, Duration.ZERO);

  private RepositoryAtWork() {}

  public static void main(String[] args) throws BackupException {
    PrintStream out = System.out;
    work(
        Path.of(args[0]),
        args[1],
        () -> {
          out.write('.');
          out.flush();
        });
  }

  static BackupKey key() {
    try (SecretBytes k = SecretBytes.wrap(new byte[32])) {
      return BackupKey.derive(k);
    }
  }

  static DepositKey depositKey() {
    try (SecretBytes k = SecretBytes.wrap(new byte[32])) {
      return DepositKey.derive(k);
    }
  }

  static SecretBytes writerSeed() {
    return SecretBytes.wrap(new byte[32]);
  }

  static Repository repository(Path home, Runnable beforeWrite) throws BackupException {
    ObjectStore store = new Telling(FolderStore.at(home.resolve("repository")), beforeWrite);
    return Repository.open(store, key(), Clock.systemUTC(), Runnable::run);
  }

  static void work(Path home, String what, Runnable beforeWrite) throws BackupException {
    Repository repository = repository(home, beforeWrite);
    switch (what) {
      case "prune" -> repository.prune(LAST_AT_ONCE);
      case "repair" -> repository.check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE);
      case "deposit" -> {
        DepositInbox inbox =
            new DepositInbox(
                new Telling(FolderStore.at(home.resolve("inbox")), beforeWrite),
                new Telling(FolderStore.at(home.resolve("data/messages")), beforeWrite),
                depositKey(),
                List.of(Ed25519.publicKey(writerSeed())));
        inbox.takeIn();
        SnapshotId id =
            repository.backup(home.resolve("data"), ProgressListener.NONE).snapshot().id();
        inbox.clear(repository, id);
      }
      default -> throw new IllegalArgumentException(what);
    }
  }

  /** Another store, and what is said before each of its writes. */
  private record Telling(ObjectStore store, Runnable beforeWrite) implements ObjectStore {
    @Override
    public void put(String name, byte[] content) throws BackupException {
      beforeWrite.run();
      store.put(name, content);
    }

    @Override
    public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
      return store.get(name, sizeMax);
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
      store.list(prefix, sink);
    }

    @Override
    public boolean isEmpty() throws BackupException {
      return store.isEmpty();
    }

    @Override
    public void delete(String name) throws BackupException {
      beforeWrite.run();
      store.delete(name);
    }

    @Override
    public void flush() throws BackupException {
      beforeWrite.run();
      store.flush();
    }
  }
}
