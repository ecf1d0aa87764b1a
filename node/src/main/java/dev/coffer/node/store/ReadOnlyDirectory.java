package dev.coffer.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A store's directory as a check reads it: opened for reading alone, made nowhere. While it is open
 * no node can take it. Not thread-safe.
 */
final class ReadOnlyDirectory implements Disk {
  private final Path directory;
  private final Optional<FileChannel> lockFile;
  private final Map<String, ReadOnlyFile> open = new HashMap<>();

  private ReadOnlyDirectory(Path directory, Optional<FileChannel> lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /**
   * Opens it.
   *
   * @throws StoreUnavailable if a node has it
   */
  static ReadOnlyDirectory open(Path directory) throws IOException {
    Path lockFile = directory.resolve(DirectoryDisk.LOCK);
    if (!Files.isRegularFile(lockFile)) {
      return new ReadOnlyDirectory(directory, Optional.empty());
    }
    FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.READ);
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
      if (lock != null) {
        return new ReadOnlyDirectory(directory, Optional.of(channel));
      }
    } catch (OverlappingFileLockException sameProcess) {
      channel.close();
      throw new StoreUnavailable("this process has the directory open already", sameProcess);
    }
    channel.close();
    throw new StoreUnavailable("another process has the directory open");
  }

  @Override
  public File file(String name) throws IOException {
    ReadOnlyFile file = open.get(name);
    if (file == null) {
      Path path = directory.resolve(name);
      file =
          new ReadOnlyFile(
              Files.isRegularFile(path)
                  ? Optional.of(FileChannel.open(path, StandardOpenOption.READ))
                  : Optional.empty());
      open.put(name, file);
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    for (ReadOnlyFile file : open.values()) {
      if (file.channel.isPresent()) {
        file.channel.get().close();
      }
    }
    if (lockFile.isPresent()) {
      lockFile.get().close();
    }
  }

  /** One file; empty if it is not there. */
  private static final class ReadOnlyFile implements File {
    private final Optional<FileChannel> channel;

    ReadOnlyFile(Optional<FileChannel> channel) {
      this.channel = channel;
    }

    @Override
    public int read(long offset, byte[] into) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(into);
      while (channel.isPresent() && buffer.hasRemaining()) {
        if (channel.get().read(buffer, offset + buffer.position()) < 0) {
          break;
        }
      }
      return buffer.position();
    }

    @Override
    public void write(long offset, byte[] octets, int from, int to) throws IOException {
      throw new IOException("a check writes nothing");
    }

    @Override
    public void force() throws IOException {
      throw new IOException("a check writes nothing");
    }
  }
}
