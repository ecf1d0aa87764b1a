package dev.coffer.backup.restore;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.Problem;
import dev.coffer.backup.RestoreOptions.Owners;
import dev.coffer.backup.local.DiskSpace;
import dev.coffer.backup.local.ExtendedAttributes;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.backup.tree.Attributes;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The directory that is restored to. Nothing outside is touched: paths cannot climb, and a symbolic
 * link is never walked through, whether it was there before or a hostile file list names one.
 * Programs of the same user that swap directories for links meanwhile are not defended against. Not
 * thread-safe.
 */
public final class RestoreTarget implements AutoCloseable {
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

  private static final int SET_ID = 06000;
  private static final String OWNERS = "owners and groups";
  private static final String LOCK = RepositoryMarker.UNFINISHED + "lock";

  private final Path root;
  private final FileChannel lock;
  private final boolean owners;
  private final Set<EntryPath> safe = new HashSet<>();
  private final Map<String, Loss> notKept = new TreeMap<>();

  /** Something that could not be given to so many entries. */
  private record Loss(EntryPath first, long count) {}

  private RestoreTarget(Path root, FileChannel lock, boolean owners) {
    this.root = root;
    this.lock = lock;
    this.owners = owners;
    safe.add(EntryPath.ROOT);
  }

  /**
   * The target in {@code directory}, which is made if need be, for this restore alone until it is
   * closed.
   */
  public static RestoreTarget at(Path directory, Owners owners) throws BackupException {
    try {
      if (!Files.isDirectory(directory)) {
        Path parent = directory.toAbsolutePath().normalize().getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        Files.createDirectory(directory, ownerOnly(directory, true));
      }
      Path root = directory.toRealPath();
      FileChannel lock = lock(root);
      boolean administrator =
          FileVersion.of(root.resolve(LOCK)).owner().filter(own -> own.user() == 0).isPresent();
      boolean wanted =
          owners == Owners.ALWAYS || owners == Owners.IF_ADMINISTRATOR && administrator;
      return new RestoreTarget(root, lock, wanted);
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

  /** Two restores into one directory would write the same unfinished files. */
  private static FileChannel lock(Path root) throws IOException, BackupException {
    Path file = root.resolve(LOCK);
    while (true) {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
              ownerOnly(root, false));
      boolean mine = false;
      try {
        mine = channel.tryLock() != null;
      } catch (OverlappingFileLockException e) {
        mine = false;
      } catch (IOException e) {
        // A file system without locks: two restores at once are then the user's to avoid.
        mine = true;
      } finally {
        if (!mine) {
          channel.close();
        }
      }
      if (!mine) {
        throw new BackupException(
            Reason.LOCAL_FAULT,
            "Another restore is writing to " + root + ": wait for its end, or name another.");
      }
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return channel;
      }
      // The one before removed it between our two steps.
      channel.close();
    }
  }

  /**
   * Removes the file of the lock: a directory gets its time when nothing in it changes any more.
   */
  void unlock() throws IOException {
    Files.deleteIfExists(root.resolve(LOCK));
  }

  /** Lets the next one in. */
  @Override
  public void close() throws BackupException {
    try {
      unlock();
      lock.close();
    } catch (IOException e) {
      throw new BackupException(
          Reason.LOCAL_FAULT, "Cannot write to " + root + ": check its permissions.", e);
    }
  }

  /** Removes what restores that were broken off left in {@code directory}. */
  static void sweep(Path directory) throws IOException {
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(directory, RepositoryMarker.UNFINISHED + "*")) {
      for (Path file : found) {
        if (RepositoryMarker.isUnfinished(file) && !file.endsWith(LOCK)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /**
   * What a file or directory is made with, where the file system has permissions: nobody else reads
   * it before its own are set.
   */
  static FileAttribute<?>[] ownerOnly(Path near, boolean directory) {
    if (!near.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(
          PosixFilePermissions.fromString(directory ? "rwx------" : "rw-------"))
    };
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
      writing(() -> Files.createDirectory(directory, ownerOnly(directory, true)));
    } else if (found.get().type() != FileVersion.Type.DIRECTORY) {
      throw new Refused(
          Problem.Kind.CONFLICT,
          "a file or link stands where a directory belongs; move it away and run again");
    } else if ((found.get().mode() & 0700) != 0700) {
      int mode = found.get().mode() | 0700;
      writing(() -> setMode(directory, mode));
    }
    safe.add(path);
  }

  /** Whether this restore made or found the directory {@code path}. */
  boolean isMade(EntryPath path) {
    return safe.contains(path);
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
   * Gives {@code file} what the snapshot has of it; what cannot be is remembered for {@link
   * #notKept}. Set-user-id and set-group-id only together with the owner they speak for.
   */
  void attributes(EntryPath path, Path file, int mode, Instant modified, Attributes attributes)
      throws IOException {
    owner(path, file, attributes);
    try {
      ExtendedAttributes.write(file, attributes.extended());
    } catch (IOException e) {
      notKept("extended attributes", path);
    }
    int bits = mode;
    if ((mode & SET_ID) != 0 && !FileVersion.of(file).owner().equals(attributes.owner())) {
      notKept("set-user-id and set-group-id bits", path);
      bits = mode & ~SET_ID;
    }
    setMode(file, bits);
    Files.setLastModifiedTime(file, FileTime.from(settable(modified)));
  }

  /** The JDK takes a fraction of a second before 1970 for 1970: there, whole seconds have to do. */
  private static Instant settable(Instant modified) {
    return modified.getEpochSecond() < 0 ? modified.truncatedTo(ChronoUnit.SECONDS) : modified;
  }

  /** The owner alone, of links too. */
  void owner(EntryPath path, Path file, Attributes attributes) throws IOException {
    Optional<Attributes.Owner> wanted = attributes.owner();
    if (wanted.isEmpty() || FileVersion.of(file).owner().equals(wanted)) {
      return;
    }
    if (!owners) {
      notKept(OWNERS, path);
      return;
    }
    try {
      Files.setAttribute(file, "unix:uid", wanted.get().user(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(file, "unix:gid", wanted.get().group(), LinkOption.NOFOLLOW_LINKS);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      notKept(OWNERS, path);
    }
  }

  private static void setMode(Path file, int mode) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Files.setAttribute(file, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
    }
  }

  void notKept(String what, EntryPath path) {
    notKept.merge(what, new Loss(path, 1), (old, one) -> new Loss(old.first(), old.count() + 1));
  }

  /** One line for each kind of thing that this place could not be given. */
  List<Problem> notKept() {
    List<Problem> all = new ArrayList<>();
    notKept.forEach((what, loss) -> {
      String hint = what.equals(OWNERS) ? ": run as the administrator to get them" : "";
      String sentence =
          what
              + (loss.count() == 1 ? " of 1 entry" : " of " + loss.count() + " entries")
              + " are not restored"
              + hint;
      all.add(new Problem(Problem.Kind.NOT_KEPT, loss.first().text(), sentence));
    });
    return all;
  }
}
