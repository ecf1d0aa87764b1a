package dev.coffer.cli.device;

import dev.coffer.client.port.ClientMemory;
import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The client's memory in a directory: one file a name, mode 600. */
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
      byte[] content = in.readNBytes(VALUE_MAX + 1);
      if (content.length > VALUE_MAX) {
        Arrays.fill(content, (byte) 0);
        throw new IOException("a file of the client's memory is too large");
      }
      return Optional.of(SecretBytes.wrap(content));
    } catch (NoSuchFileException e) {
      return Optional.empty();
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
    AtomicFile.erase(file(name));
  }
}
