package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.ListingReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of the snapshot before, asked for in the order of their paths: a merge of two sorted
 * walks, so that memory does not grow with the number of files. Damage there only means that a file
 * is read again. Not thread-safe.
 */
public final class ParentFiles {
  private final ListingReader reader;
  private @Nullable Entry current;

  public ParentFiles(Optional<StoredSnapshot> parent, ListingReader.PieceSource source)
      throws BackupException {
    this.reader =
        new ListingReader(
            parent.map(StoredSnapshot::pages).orElse(List.of()), source, problem -> {});
    this.current = reader.next().orElse(null);
  }

  /** The regular file that was at {@code path}; paths must ascend from call to call. */
  public Optional<Entry.RegularFile> at(EntryPath path) throws BackupException {
    while (current != null && current.path().compareTo(path) < 0) {
      current = reader.next().orElse(null);
    }
    return current instanceof Entry.RegularFile file && file.path().equals(path)
        ? Optional.of(file)
        : Optional.empty();
  }
}
