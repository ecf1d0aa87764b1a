package dev.coffer.backup.restore;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.RestoreOptions;
import dev.coffer.backup.RestoreOptions.Overwrite;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.backup.tree.ListingReader;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The room that a restore takes on its disk: contents without holes, without what is there already,
 * and without what an interrupted restore has written. Directories, names and unfilled blocks are
 * not counted, so it takes a little more than that.
 */
public final class RestoreRoom {
  private final Path root;
  private final Overwrite overwrite;
  private final Bytes hole;
  private long more;
  private long replacement;

  /** The room below {@code root}; nothing is counted yet. */
  RestoreRoom(Path root, Overwrite overwrite, SealedObjects objects) {
    this.root = root;
    this.overwrite = overwrite;
    this.hole = objects.mac(ObjectKind.DATA, new byte[BackupLimits.PAGE], BackupLimits.PAGE);
  }

  /**
   * Refuses with {@code NO_ROOM} if what {@code options} want of {@code snapshot} has no room below
   * {@code root}. Reads the file list only where the whole would not fit.
   */
  public static void require(
      SealedObjects objects, StoredSnapshot snapshot, Path root, RestoreOptions options)
      throws BackupException {
    OptionalLong free = options.space().near(root);
    if (free.isEmpty() || snapshot.text().bytes() <= free.getAsLong()) {
      return;
    }
    RestoreRoom room = new RestoreRoom(root, options.overwrite(), objects);
    PieceFetcher fetcher = new PieceFetcher(objects, Runnable::run);
    ListingReader reader = new ListingReader(snapshot.pages(), fetcher::fetch, damaged -> {});
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (options.wanted().test(entry.get().path().text())) {
        room.count(entry.get());
      }
    }
    if (room.needed() > free.getAsLong()) {
      throw new BackupException(
          Reason.NO_ROOM,
          "This restore takes at least "
              + room.needed()
              + " octets in "
              + root
              + ", where "
              + free.getAsLong()
              + " are free; nothing was restored.");
    }
  }

  /** Counts what it takes to restore {@code entry}. */
  void count(Entry entry) {
    if (!(entry instanceof Entry.RegularFile file)) {
      return;
    }
    Optional<Path> place = file.path().resolve(root);
    if (place.isEmpty()) {
      return;
    }
    try {
      Optional<FileVersion> found = RestoreTarget.version(place.get());
      if (found.isEmpty()) {
        Path partial = place.get().resolveSibling(RestoreRun.partialName(file.path()));
        more += content(file, RestoreTarget.version(partial).map(FileVersion::size).orElse(0L));
      } else if (overwrite == Overwrite.ALWAYS
          || overwrite == Overwrite.CHANGED && found.get().size() != file.size()) {
        // The old one goes when the new one is whole: both are there for that time.
        long size = content(file, 0);
        more += Math.max(0, size - found.get().size());
        replacement = Math.max(replacement, Math.min(size, found.get().size()));
      }
    } catch (IOException e) {
      // The restore itself will name it; it writes nothing there.
      return;
    }
  }

  /** Octets of a file from {@code from} on, without whole pages of zeros, which become holes. */
  private long content(Entry.RegularFile file, long from) {
    long at = 0;
    long octets = 0;
    for (Piece piece : file.pieces()) {
      at += piece.size();
      if (at > from && !(piece.size() == BackupLimits.PAGE && piece.object().hasMac(hole))) {
        octets += piece.size();
      }
    }
    return octets;
  }

  /** Octets that it takes at least, of all that was counted. */
  long needed() {
    return more + replacement;
  }
}
