package dev.coffer.client.port;

import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The client's memory in a directory of the app's own: one file a name, mode 600, in folders of
 * mode 700 where they had to be made.
 *
 * <p><b>Durable:</b> once {@link #store} has returned, the value outlasts a crash of the app and a
 * power cut; a crash before that leaves the value that was there or the new one, never a mixture.
 * Once {@link #erase} has returned, the value stays away, and with it what a crash left half
 * written under its name.
 *
 * <p><b>Not durable, and not hidden:</b> what a journalling file system or a flash disk keeps of
 * octets that were overwritten. On file systems without POSIX permissions, other users may read the
 * values, and a power cut may bring the old one back. Whatever runs as the same user reads them
 * everywhere. A device's own backup must leave the directory out: put back, it would hold a request
 * that was finished long ago, and the client could not tell an older state of the vault from the
 * newest once.
 *
 * <p>Thread-safe. Two processes must not use one directory at the same time.
 */
public final class FileMemory implements ClientMemory {
  private final Path directory;
  private Path touched;

  /** The memory in {@code directory}, made on the first store. */
  public FileMemory(Path directory) {
    this.directory = directory;
    this.touched = directory;
  }

  /** The file that was used last, or the directory if none was: where to look after a failure. */
  public synchronized Path touched() {
    return touched;
  }

  private Path file(String name) throws IOException {
    if (!name.matches("[a-z0-9-]{1,120}")) {
      throw new IOException("a name of the client's memory is not acceptable");
    }
    touched = directory.resolve(name);
    return touched;
  }

  @Override
  public synchronized Optional<SecretBytes> load(String name) throws IOException {
    try (InputStream in = Files.newInputStream(file(name))) {
      return Optional.of(secret(in));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static SecretBytes secret(InputStream in) throws IOException {
    byte[] found = new byte[VALUE_MAX + 1];
    try {
      int size = 0;
      for (int more = 0; more >= 0 && size < found.length; size += Math.max(more, 0)) {
        more = in.read(found, size, found.length - size);
      }
      if (size > VALUE_MAX) {
        throw new IOException("a file of the client's memory is too large");
      }
      return SecretBytes.wrap(Arrays.copyOf(found, size));
    } finally {
      Arrays.fill(found, (byte) 0);
    }
  }

  @Override
  public synchronized void store(String name, SecretBytes value) throws IOException {
    byte[] content = value.copy();
    try {
      AtomicFile.replace(file(name), content, AtomicFile.Access.OWNER);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  @Override
  public synchronized void erase(String name) throws IOException {
    Path file = file(name);
    AtomicFile.erase(file);
    // A crash before the rename leaves the value under a draft's name, and the blind in it.
    AtomicFile.eraseDrafts(file);
  }
}
