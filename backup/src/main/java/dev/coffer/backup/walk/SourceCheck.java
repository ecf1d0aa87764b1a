package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.BackupOptions;
import dev.coffer.backup.local.PathOctets;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.backup.snapshot.Shrinking;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Refuses sources that cannot be backed up, before anything is written. What changes between this
 * look and the walk, the walk refuses.
 */
public final class SourceCheck {
  private final LeftOut leftOut;
  private boolean readable;
  private boolean unreadable;

  private SourceCheck(BackupOptions options) {
    this.leftOut = new LeftOut(options.exclusions());
  }

  /**
   * {@code LOCAL_FAULT} for what is no source or cannot be read at all, {@code SHRUNK} for a
   * directory that holds nothing, unless the options allow it.
   */
  public static void check(Sources sources, BackupOptions options) throws BackupException {
    SourceCheck check = new SourceCheck(options);
    boolean alone = sources.parts().isEmpty();
    List<Path> empty = new ArrayList<>();
    for (Path source : sources.paths()) {
      requirePlace(source, options.exclusions().paths());
      if (!Files.isDirectory(source)) {
        check.note(Files.isReadable(source));
      } else if (check.holdsSomething(source)) {
        check.note(true);
      } else {
        empty.add(source);
        check.readable |= !alone;
      }
    }
    if (check.unreadable && !check.readable) {
      throw nothingReadable(sources.root());
    }
    if (!empty.isEmpty()) {
      Shrinking.refuseEmpty(Sources.text(empty.get(0)), options.shrinkMax());
    }
  }

  private void note(boolean canBeRead) {
    readable |= canBeRead;
    unreadable |= !canBeRead;
  }

  private static void requirePlace(Path root, Map<Path, String> leaveOut) throws BackupException {
    if (!Files.isDirectory(root) && !Files.isRegularFile(root)) {
      throw new BackupException(
          Reason.LOCAL_FAULT, root + " is no directory and no file: name what to back up.");
    }
    for (Path at = root; at != null; at = at.getParent()) {
      if (RepositoryMarker.marks(at)) {
        throw new BackupException(
            Reason.LOCAL_FAULT,
            root + " is, or lies in, a backup repository: name another directory.");
      }
      if (leaveOut.containsKey(at)) {
        throw new BackupException(
            Reason.LOCAL_FAULT,
            root + " is not backed up, for " + leaveOut.get(at) + ": name another directory.");
      }
    }
  }

  /** Whether anything in it would be backed up, as far as names and permissions tell. */
  private boolean holdsSomething(Path root) throws BackupException {
    try (SourceDirectory source = SourceDirectory.root(root)) {
      long device = leftOut.device(root);
      boolean[] found = new boolean[1];
      source.children(child -> found[0] = found[0] || isContent(child, device));
      return found[0];
    } catch (IOException e) {
      throw unreadable(root, e);
    }
  }

  private boolean isContent(Path child, long device) {
    try {
      String name = EntryPath.escape(PathOctets.ofName(child));
      FileVersion version = FileVersion.of(child);
      boolean directory = version.type() == FileVersion.Type.DIRECTORY;
      if (leftOut.byName(child, name).isPresent()
          || RepositoryMarker.isUnfinished(child)
          || leftOut.byVersion(child, version, device).isPresent()
          || version.type() == FileVersion.Type.OTHER
          || directory && RepositoryMarker.marks(child)) {
        return false;
      }
      boolean canBeRead = version.type() == FileVersion.Type.LINK || Files.isReadable(child);
      unreadable |= !canBeRead;
      return canBeRead;
    } catch (IOException e) {
      // Gone, or not to be looked at: the walk says which.
      return false;
    }
  }

  /** It cannot be read. */
  static BackupException unreadable(Path root, Exception e) {
    return new BackupException(
        Reason.LOCAL_FAULT, "Cannot read " + root + ": check its name and permissions.", e);
  }

  /** An empty snapshot would become the newest one, and hide the good ones behind it. */
  static BackupException nothingReadable(Path root) {
    return new BackupException(
        Reason.LOCAL_FAULT, "Nothing in " + root + " can be read: check the permissions in it.");
  }
}
