package dev.coffer.cli.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that only their owner reads (mode 600, directories 700), written all or nothing.
 *
 * <p><b>Guarantee:</b> after a crash the file holds the old content or the new, never a mixture;
 * once {@link #write} returns, the new. <b>Not guaranteed</b> on file systems without POSIX
 * permissions: secrecy from other local users.
 */
public final class AtomicFile {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private AtomicFile() {}

  private static FileAttribute<?>[] mode(Set<PosixFilePermission> permissions) {
    return POSIX
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static Path parent(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(path + " is no file");
    }
    return parent;
  }

  /** Makes the directory and its parents; those made here are their owner's alone. */
  public static Path directory(Path path) throws IOException {
    return Files.createDirectories(path, mode(OWNER_DIRECTORY));
  }

  /** Replaces the file's content. */
  public static void write(Path path, byte[] content) throws IOException {
    Path parent = directory(parent(path));
    Path temporary = Files.createTempFile(parent, ".new", null, mode(OWNER));
    try {
      try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer source = ByteBuffer.wrap(content);
        while (source.hasRemaining()) {
          out.write(source);
        }
        out.force(true);
      }
      // A crash here leaves a stray .new file and the old content.
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      synchronise(parent);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Overwrites and removes the file, if there is one. Overwriting promises nothing on journalling
   * disks.
   */
  public static void erase(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      try (FileChannel out = FileChannel.open(path, StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.allocate((int) Math.min(out.size(), 1 << 20)));
        out.force(true);
      }
      Files.delete(path);
      synchronise(parent(path));
    }
  }

  /** A rename lasts only once its directory is on the disk. */
  private static void synchronise(Path directory) throws IOException {
    if (POSIX) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
