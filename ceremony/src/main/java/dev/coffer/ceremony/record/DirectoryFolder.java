package dev.coffer.ceremony.record;

import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** A directory of the file system. */
public final class DirectoryFolder implements Folder {
  private final Path directory;

  /** {@code directory} need not be there before something is written. */
  public DirectoryFolder(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Bytes> read(String name) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    // A link on somebody's stick would carry a file of this machine on to the next.
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > OCTETS_MAX) {
      throw new IOException(file + " is no file of a ceremony: take it away.");
    }
    return Optional.of(Bytes.wrap(Files.readAllBytes(file)));
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
