package dev.coffer.backup.snapshot;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.Problem;
import dev.coffer.backup.SnapshotEntry;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.ListingReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Looks into a snapshot without restoring it. */
public final class Browser {
  private final StoredSnapshot snapshot;
  private final PieceFetcher fetcher;
  private final Contents contents;

  /** Into {@code snapshot}. */
  public Browser(SealedObjects objects, Executor executor, StoredSnapshot snapshot) {
    this.snapshot = snapshot;
    this.fetcher = new PieceFetcher(objects, executor);
    this.contents = new Contents(fetcher::fetch);
  }

  /** Hands out everything in the order of paths; what is wrong with the list comes back. */
  public List<Problem> list(Consumer<SnapshotEntry> sink) throws BackupException {
    List<Problem> problems = new ArrayList<>();
    ListingReader reader = new ListingReader(snapshot.pages(), fetcher::fetch, problems::add);
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (!isOfList(entry.get())) {
        sink.accept(shown(entry.get()));
      }
    }
    return problems;
  }

  /** What had the list stands before this, and is whole. */
  private static boolean isOfList(Entry entry) {
    return entry instanceof Entry.Remark remark && remark.kind() == Problem.Kind.ACCESS_LIST;
  }

  private static SnapshotEntry shown(Entry entry) {
    String path = entry.path().text();
    if (entry instanceof Entry.Directory directory) {
      return new SnapshotEntry(
          SnapshotEntry.Type.DIRECTORY,
          path,
          directory.mode(),
          Optional.of(directory.modified()),
          0,
          "");
    }
    if (entry instanceof Entry.RegularFile file) {
      return new SnapshotEntry(
          SnapshotEntry.Type.FILE,
          path,
          file.mode(),
          Optional.of(file.modified()),
          file.size(),
          file.sha256().hex());
    }
    if (entry instanceof Entry.HardLink name) {
      return new SnapshotEntry(
          SnapshotEntry.Type.FILE, path, 0, Optional.empty(), name.size(), name.sha256().hex());
    }
    if (entry instanceof Entry.Link link) {
      String target = EntryPath.escape(link.target().toByteArray());
      return new SnapshotEntry(SnapshotEntry.Type.LINK, path, 0, Optional.empty(), 0, target);
    }
    String why = entry instanceof Entry.Remark remark ? remark.kind().name() : "";
    return new SnapshotEntry(SnapshotEntry.Type.MISSING, path, 0, Optional.empty(), 0, why);
  }

  /**
   * Writes the verified content of the file at {@code path}; {@code NO_FILE} if there is none,
   * {@code OBJECT_FAULT} where it or the list is damaged, in which case {@code out} may have got
   * something that is not the file: each piece is verified before it is written, the whole after.
   */
  public void write(String path, OutputStream out) throws BackupException, IOException {
    List<Problem> gaps = new ArrayList<>();
    EntryPath wanted = EntryPath.parse(path).orElse(EntryPath.ROOT);
    for (int names = 0; names < 2; names++) {
      EntryPath next = wanted;
      ListingReader reader = new ListingReader(snapshot.pages(), fetcher::fetch, gaps::add);
      for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        if (!entry.get().path().equals(wanted)) {
          continue;
        }
        if (entry.get() instanceof Entry.RegularFile file) {
          write(file, out);
          return;
        }
        if (entry.get() instanceof Entry.HardLink name) {
          next = name.target();
        }
      }
      wanted = next;
    }
    if (!gaps.isEmpty()) {
      throw new BackupException(
          Reason.OBJECT_FAULT,
          "The snapshot's list is damaged, and may have named the file: repair the repository, or use"
              + " another snapshot.");
    }
    throw new BackupException(
        Reason.NO_FILE, "The snapshot holds no file of that name: see its list.");
  }

  private void write(Entry.RegularFile file, OutputStream out) throws BackupException, IOException {
    try {
      contents.write(file, out);
    } catch (DamagedObject e) {
      throw new BackupException(
          Reason.OBJECT_FAULT,
          "The file is damaged ("
              + e.object()
              + " "
              + e.fault()
              + "): repair the repository, or use another snapshot.",
          e);
    }
  }
}
