package dev.coffer.backup;

import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.Snapshots;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.ListingReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the files of a repository folder that hold a backed-up file, for tests that damage them.
 */
final class DataObjects {
  private DataObjects() {}

  static List<Path> of(Sandbox sandbox, Snapshot snapshot, String wanted) throws BackupException {
    SealedObjects objects = new SealedObjects(FolderStore.at(sandbox.repo), sandbox.key());
    ListingReader reader =
        new ListingReader(
            stored(FolderStore.at(sandbox.repo), sandbox, snapshot).pages(),
            new PieceFetcher(objects, Runnable::run)::fetch,
            problem -> {});
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (entry.get() instanceof Entry.RegularFile file && file.path().text().equals(wanted)) {
        List<Path> paths = new ArrayList<>();
        file.pieces().forEach(piece -> paths.add(sandbox.repo.resolve(piece.object().path())));
        return paths;
      }
    }
    throw new IllegalArgumentException(wanted);
  }

  /** The snapshot with its file list. */
  static StoredSnapshot stored(ObjectStore store, Sandbox sandbox, Snapshot snapshot)
      throws BackupException {
    try {
      return new Snapshots(new SealedObjects(store, sandbox.key())).read(snapshot.id());
    } catch (DamagedObject e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The pages of the file list. */
  static List<Path> listing(Sandbox sandbox, Snapshot snapshot) throws BackupException {
    List<Path> paths = new ArrayList<>();
    stored(FolderStore.at(sandbox.repo), sandbox, snapshot)
        .pages()
        .forEach(page -> paths.add(sandbox.repo.resolve(page.object().path())));
    return paths;
  }
}
