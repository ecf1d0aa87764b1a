package dev.coffer.ceremony.record;

import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;

/**
 * A directory of the file system, which somebody else may write at the same time.
 *
 * <p><b>Guarantee:</b> nothing is read or written through a link that lies in the directory,
 * whenever it is put there, and no more than {@value Folder#OCTETS_MAX} octets of a file are read.
 * <b>Not guaranteed:</b> that a command ends which opens a FIFO that takes a file's place in the
 * instant between look and open, since Java opens none without waiting: it takes nothing, and is
 * stopped by hand. Nor that the directory itself stays the same one if its own name is on a medium
 * of somebody else's: then files of a ceremony, by their names, come from and go to another.
 */
public final class DirectoryFolder implements Folder {
  private static final Set<OpenOption> ITSELF =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final Path directory;

  /** {@code directory} need not be there before something is written. */
  public DirectoryFolder(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Bytes> read(String name) throws IOException {
    Path file = directory.resolve(name);
    try {
      // For FIFOs, which an open waits for. What is read is what the open found, whatever this saw.
      if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isRegularFile()) {
        throw new IOException("no regular file");
      }
      // A link on somebody's stick would carry a file of this machine on to the next.
      try (SeekableByteChannel in = Files.newByteChannel(file, ITSELF)) {
        byte[] content = Channels.newInputStream(in).readNBytes(OCTETS_MAX + 1);
        if (content.length > OCTETS_MAX) {
          throw new IOException("too large");
        }
        return Optional.of(Bytes.wrap(content));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IOException(
          file + " is no file of a ceremony, or cannot be read: take it away.", e);
    }
  }

  @Override
  public void write(String name, Bytes content) throws IOException {
    Path file = directory.resolve(name);
    AtomicFile.replace(file, content.toByteArray(), AtomicFile.Access.ANYBODY);
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
