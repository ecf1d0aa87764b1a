package dev.coffer.backup.restore;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.Problem;
import dev.coffer.backup.local.DiskSpace;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory that is restored to. Nothing outside is touched: paths cannot climb, and a symbolic
 * link is never walked through, whether it was there before or a hostile file list names one.
 * Programs of the same user that swap directories for links meanwhile are not defended against. Not
 * thread-safe.
 */
public final class RestoreTarget {
  /**
   * A place that must not be written: something else stands there, or the file system cannot
   * express it.
   */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Problem.Kind kind;
    private final String sentence;

    Refused(Problem.Kind kind, String sentence) {
      super(sentence);
      this.kind = kind;
      this.sentence = sentence;
    }

    Problem problem(EntryPath path) {
      return new Problem(kind, path.text(), sentence);
    }
  }

  private final Path root;
  private final Set<EntryPath> safe = new HashSet<>();

  private RestoreTarget(Path root) {
    this.root = root;
    safe.add(EntryPath.ROOT);
  }

  public static RestoreTarget at(Path directory) throws BackupException {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
      }
      return new RestoreTarget(directory.toRealPath());
    } catch (FileAlreadyExistsException e) {
      throw new BackupException(
          Reason.LOCAL_FAULT, directory + " is not a directory: name a new one to restore to.", e);
    } catch (IOException e) {
      if (DiskSpace.isExhausted(e, Path.of("").toAbsolutePath())) {
        throw full(e);
      }
      throw new BackupException(
          Reason.LOCAL_FAULT, "Cannot make " + directory + ": name a directory you may write.", e);
    }
  }

  /** The directory itself. */
  public Path root() {
    return root;
  }

  public static BackupException full(IOException e) {
    String sentence =
        "The disk is full: free some space and run the same command again; it continues where it stopped.";
    return new BackupException(Reason.DISK_FULL, sentence, e);
  }

  /** Where {@code path} goes, after making sure that its parents are true directories. */
  public Path place(EntryPath path) throws IOException, BackupException, Refused {
    directory(path.parent());
    return resolve(path);
  }

  private Path resolve(EntryPath path) throws Refused {
    return path.resolve(root)
        .orElseThrow(() ->
            new Refused(
                Problem.Kind.NOT_WRITABLE,
                "this file system does not allow the name; restore elsewhere"));
  }

  /** Makes the directory {@code path} and its parents, writable for now. */
  public void directory(EntryPath path) throws IOException, BackupException, Refused {
    if (safe.contains(path)) {
      return;
    }
    Path directory = place(path);
    Optional<FileVersion> found = version(directory);
    if (found.isEmpty()) {
      writing(() -> Files.createDirectory(directory));
    } else if (found.get().type() != FileVersion.Type.DIRECTORY) {
      throw new Refused(
          Problem.Kind.CONFLICT,
          "a file or link stands where a directory belongs; move it away and run again");
    } else if ((found.get().mode() & 0700) != 0700) {
      attributes(directory, found.get().mode() | 0700, null);
    }
    safe.add(path);
  }

  /** What is at {@code file}, links not followed. */
  public static Optional<FileVersion> version(Path file) throws IOException {
    try {
      return Optional.of(FileVersion.of(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** A step that writes. */
  @FunctionalInterface
  public interface Step {
    void run() throws IOException;
  }

  /** Runs {@code step}; a full disk stops the whole restore, other trouble is the file's own. */
  public void writing(Step step) throws IOException, BackupException {
    try {
      step.run();
    } catch (IOException e) {
      if (DiskSpace.isExhausted(e, root)) {
        throw full(e);
      }
      throw e;
    }
  }

  /**
   * Sets permission bits where the file system has them, and the time unless null. Never
   * set-user-id and the like.
   */
  public static void attributes(Path file, int mode, @Nullable Instant modified)
      throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view != null) {
      view.setPermissions(permissions(mode));
    }
    if (modified != null) {
      Files.setLastModifiedTime(file, FileTime.from(settable(modified)));
    }
  }

  /** The JDK takes a fraction of a second before 1970 for 1970: there, whole seconds have to do. */
  private static Instant settable(Instant modified) {
    return modified.getEpochSecond() < 0 ? modified.truncatedTo(ChronoUnit.SECONDS) : modified;
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      // The enumeration goes from the owner's read bit down to the others' execute bit.
      if ((mode >> (8 - i) & 1) == 1) {
        permissions.add(all[i]);
      }
    }
    return permissions;
  }
}
