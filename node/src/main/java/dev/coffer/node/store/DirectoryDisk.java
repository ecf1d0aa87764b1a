package dev.coffer.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** A directory, held by one process at a time. */
final class DirectoryDisk implements Disk {
  /** Held by whoever has the directory. */
  static final String LOCK = "LOCK";

  private final Path directory;
  private final FileChannel lockFile;
  private final Map<String, ChannelFile> open = new HashMap<>();

  /** Whether the names that were there at the start are known to last. */
  private boolean namesLast;

  private DirectoryDisk(Path directory, FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /**
   * Takes the directory.
   *
   * @throws StoreUnavailable if another process has it
   */
  static DirectoryDisk open(Path directory) throws IOException {
    FileChannel lockFile =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = lockFile.tryLock();
      if (lock != null) {
        return new DirectoryDisk(directory, lockFile);
      }
    } catch (OverlappingFileLockException sameProcess) {
      lockFile.close();
      throw new StoreUnavailable("this process has the directory open already", sameProcess);
    }
    lockFile.close();
    throw new StoreUnavailable("another process has the directory open");
  }

  @Override
  public synchronized File file(String name) throws IOException {
    ChannelFile file = open.get(name);
    if (file == null) {
      Path path = directory.resolve(name);
      boolean fresh = !Files.exists(path);
      ChannelFile opened = new ChannelFile(path);
      try {
        if (fresh || !namesLast) {
          forceNames();
        }
      } catch (IOException e) {
        opened.close();
        throw e;
      }
      file = opened;
      open.put(name, file);
    }
    return file;
  }

  /**
   * Without this a power cut may take a file's name away and leave what refers to it. Also for
   * names found at the start: the process that made them may have ended before this was done.
   */
  private void forceNames() throws IOException {
    try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
      folder.force(true);
    }
    namesLast = true;
  }

  @Override
  public synchronized void close() throws IOException {
    for (ChannelFile file : open.values()) {
      file.close();
    }
    lockFile.close();
  }

  private interface Operation {
    int run(FileChannel channel) throws IOException;
  }

  /**
   * The JDK closes a channel when a thread that uses it is interrupted, for every thread. A node's
   * threads may be interrupted at any time, so the channel is opened again and the operation
   * repeated: all of them are at given offsets.
   */
  private static final class ChannelFile implements File {
    /** The JDK keeps a native buffer a thread as large as the largest write. */
    private static final int CHUNK = 256 << 10;

    private final Path path;
    private FileChannel current;
    private boolean closed;

    ChannelFile(Path path) throws IOException {
      this.path = path;
      this.current = open(path);
    }

    private static FileChannel open(Path path) throws IOException {
      return FileChannel.open(
          path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private synchronized FileChannel channel() throws IOException {
      if (!closed && !current.isOpen()) {
        current = open(path);
      }
      return current;
    }

    synchronized void close() throws IOException {
      closed = true;
      current.close();
    }

    private synchronized boolean isClosed() {
      return closed;
    }

    private int run(Operation operation) throws IOException {
      boolean interrupted = false;
      try {
        while (true) {
          interrupted |= Thread.interrupted();
          try {
            return operation.run(channel());
          } catch (ClosedChannelException e) {
            if (isClosed()) {
              throw e;
            }
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public int read(long offset, byte[] into) throws IOException {
      return run(channel -> {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, offset + buffer.position()) < 0) {
            break;
          }
        }
        return buffer.position();
      });
    }

    @Override
    public void write(long offset, byte[] octets, int from, int to) throws IOException {
      int ignored =
          run(channel -> {
            for (int at = from; at < to; ) {
              ByteBuffer chunk = ByteBuffer.wrap(octets, at, Math.min(CHUNK, to - at));
              at += channel.write(chunk, offset + at - from);
            }
            return to - from;
          });
    }

    @Override
    public void force() throws IOException {
      // What another descriptor of the same file wrote is forced too: the kernel forces the file.
      int ignored =
          run(channel -> {
            channel.force(false);
            return 0;
          });
    }
  }
}
