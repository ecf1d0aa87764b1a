package dev.coffer.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes files all or nothing.
 *
 * <p><b>Guarantee:</b> after a crash or a power cut at any moment a file holds its old content or
 * its new one, never a mixture; once a method has returned, the new one. Several threads and
 * processes may replace one file at a time: one of the contents wins whole. Whoever else may write
 * in the folder can put other content there, and cannot make us write through a link of his. <b>Not
 * guaranteed:</b> on file systems without POSIX permissions, secrecy from other local users and
 * that a rename outlasts a power cut. Thread-safe.
 */
public final class AtomicFile {
  private static final String DRAFT = ".draft";
  private static final int ERASED_AT_ONCE = 1 << 16;
  private static final int ATTEMPTS_MAX = 1_000;
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /** Makes the names of this process's drafts differ; other processes' are stepped over. */
  private static final AtomicLong DRAFTS = new AtomicLong();

  /** Of folders; of the second the process's umask takes away. */
  private static final String OURS = "rwx------";

  private static final String ANYBODYS = "rwxrwxrwx";

  /** Who may read a file that is made here. */
  public enum Access {
    /** Its owner alone (mode 600), from the first octet on. */
    OWNER,
    /** Whom the process's umask lets. */
    ANYBODY
  }

  private AtomicFile() {}

  /**
   * Puts {@code content} in the place of what {@code file} held, or makes the file. Folders that
   * are missing are made, of an owner's file for the owner alone.
   *
   * @throws IOException if that failed; the file then holds its old content or, if only making it
   *     last failed, the new one
   */
  public static void replace(Path file, byte[] content, Access access) throws IOException {
    Path folder = folderOf(file);
    make(folder, access == Access.OWNER ? OURS : ANYBODYS);
    Path draft = draft(file, folder, content, access);
    boolean moved = false;
    try {
      // A crash here leaves a draft, which removeDrafts() takes away, and the old content.
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      moved = true;
    } finally {
      if (!moved) {
        // Once it is moved, its name may be another process's draft.
        Files.deleteIfExists(draft);
      }
    }
    // A crash here may bring the old content back: the caller was told nothing yet.
    force(folder);
  }

  /**
   * Makes {@code file} with {@code content}, whole from the moment it is there.
   *
   * @throws FileAlreadyExistsException if there is one already; it is left as it is
   */
  public static void create(Path file, byte[] content, Access access) throws IOException {
    Path folder = folderOf(file);
    Path draft = draft(file, folder, content, access);
    try {
      // A link, unlike a rename, fails where there is a file of this name.
      Files.createLink(file, draft);
    } finally {
      Files.deleteIfExists(draft);
    }
    force(folder);
  }

  /**
   * Overwrites the file with zeros and removes it, if there is one. On journalling file systems and
   * flash the old octets may stay on the medium.
   */
  public static void erase(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return;
    }
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long left = out.size();
      while (left > 0) {
        left -= out.write(ByteBuffer.allocate((int) Math.min(left, ERASED_AT_ONCE)));
      }
      out.force(true);
    }
    Files.delete(file);
    force(folderOf(file));
  }

  /**
   * Makes a folder and its parents as far as they are missing; those are their owner's alone, and
   * last.
   */
  public static Path privateFolder(Path folder) throws IOException {
    make(folder, OURS);
    return folder;
  }

  private static void make(Path folder, String permissions) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path at = folder.toAbsolutePath();
        at != null && !Files.isDirectory(at);
        at = at.getParent()) {
      missing.push(at);
    }
    if (!missing.isEmpty()) {
      Files.createDirectories(folder, mode(folder, permissions));
    }
    for (Path made : missing) {
      // A folder whose own name is lost takes along what was written in it.
      force(folderOf(made));
    }
  }

  /** Makes names that were added, removed or changed in a folder last through a power cut. */
  public static void force(Path folder) throws IOException {
    if (posix(folder)) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /**
   * Takes away what crashes left half written in a folder. Only for who knows that nobody writes in
   * it: at a start, under a {@link FolderLock}.
   */
  public static void removeDrafts(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (isDraft(file)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /**
   * Erases what crashes left half written of {@code file}, as {@link #erase} does it. Only for who
   * knows that nobody writes that file.
   */
  public static void eraseDrafts(Path file) throws IOException {
    Path folder = folderOf(file);
    if (Files.isDirectory(folder)) {
      String begin = "." + file.getFileName() + ".";
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
        for (Path path : found) {
          if (isDraft(path) && path.getFileName().toString().startsWith(begin)) {
            erase(path);
          }
        }
      }
    }
  }

  /** Whether a file of this name is one that a crash left half written. */
  public static boolean isDraft(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(".") && name.endsWith(DRAFT);
  }

  /** Makes a file that was not there, and returns its name once the content is on the disk. */
  private static Path draft(Path file, Path folder, byte[] content, Access access)
      throws IOException {
    FileAttribute<?>[] mode =
        access == Access.OWNER ? mode(file, "rw-------") : mode(file, "rw-rw-rw-");
    for (int attempt = 1; ; attempt++) {
      String name = "." + file.getFileName() + "." + DRAFTS.incrementAndGet() + DRAFT;
      Path draft = folder.resolve(name);
      try (FileChannel out = FileChannel.open(draft, NEW, mode)) {
        // Never opened by its name again: who may write in this folder could have put a link there.
        fill(draft, out, content);
        return draft;
      } catch (FileAlreadyExistsException e) {
        // What a crash left, or another process's that writes the same file.
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static void fill(Path draft, FileChannel out, byte[] content) throws IOException {
    boolean whole = false;
    try {
      ByteBuffer source = ByteBuffer.wrap(content);
      while (source.hasRemaining()) {
        out.write(source);
      }
      out.force(true);
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(draft);
      }
    }
  }

  private static FileAttribute<?>[] mode(Path where, String permissions) {
    return posix(where)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean posix(Path where) {
    return where.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static Path folderOf(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is no file");
    }
    return folder;
  }
}
