package dev.coffer.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A directory, held by one process at a time; by several that only read it. */
final class DirectoryDisk implements Disk {
  /** Held by whoever has the directory. */
  private static final String LOCK = "LOCK";

  private static final Set<OpenOption> READING = Set.of(StandardOpenOption.READ);
  private static final Set<OpenOption> WRITING =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path directory;
  private final Optional<FileChannel> lockFile;
  private final boolean reading;
  private final Map<String, ChannelFile> open = new HashMap<>();

  /** Whether the names that were there at the start are known to last. */
  private boolean namesLast;

  private DirectoryDisk(Path directory, Optional<FileChannel> lockFile, boolean reading) {
    this.directory = directory;
    this.lockFile = lockFile;
    this.reading = reading;
  }

  /**
   * Takes the directory.
   *
   * @throws StoreFault.Unavailable if another process has it
   */
  static DirectoryDisk open(Path directory) throws IOException {
    return new DirectoryDisk(directory, Optional.of(lock(directory, WRITING, false)), false);
  }

  /**
   * Opens it for reading alone; nothing is made in it. While it is open no node can take it.
   *
   * @throws StoreFault.Unavailable if a node has it
   */
  static DirectoryDisk reading(Path directory) throws IOException {
    return new DirectoryDisk(
        directory,
        Files.isRegularFile(directory.resolve(LOCK))
            ? Optional.of(lock(directory, READING, true))
            : Optional.empty(),
        true);
  }

  private static FileChannel lock(Path directory, Set<OpenOption> options, boolean shared)
      throws IOException {
    FileChannel lockFile = FileChannel.open(directory.resolve(LOCK), options);
    try {
      FileLock lock = lockFile.tryLock(0, Long.MAX_VALUE, shared);
      if (lock != null) {
        return lockFile;
      }
    } catch (OverlappingFileLockException sameProcess) {
      lockFile.close();
      throw new StoreFault.Unavailable("this process has the directory open already", sameProcess);
    }
    lockFile.close();
    throw new StoreFault.Unavailable("another process has the directory open");
  }

  @Override
  public synchronized File file(String name) throws IOException {
    ChannelFile file = open.get(name);
    if (file == null) {
      Path path = directory.resolve(name);
      boolean fresh = !Files.exists(path);
      if (reading && fresh) {
        return MISSING;
      }
      ChannelFile opened = new ChannelFile(path, reading ? READING : WRITING);
      try {
        if (!reading && (fresh || !namesLast)) {
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
    if (lockFile.isPresent()) {
      lockFile.get().close();
    }
  }

  /** What whoever only reads finds in the place of a file that is not there. */
  private static final File MISSING =
      new File() {
        @Override
        public int read(long offset, byte[] into) {
          return 0;
        }

        @Override
        public long size() {
          return 0;
        }

        @Override
        public void write(long offset, byte[] octets, int from, int to) throws IOException {
          throw new IOException("opened for reading");
        }

        @Override
        public void force() throws IOException {
          throw new IOException("opened for reading");
        }
      };

  private interface Operation {
    long run(FileChannel channel) throws IOException;
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
    private final Set<OpenOption> options;
    private FileChannel current;
    private boolean closed;

    ChannelFile(Path path, Set<OpenOption> options) throws IOException {
      this.path = path;
      this.options = options;
      this.current = FileChannel.open(path, options);
    }

    private synchronized FileChannel channel() throws IOException {
      if (!closed && !current.isOpen()) {
        current = FileChannel.open(path, options);
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

    private long run(Operation operation) throws IOException {
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
      return (int)
          run(channel -> {
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
    public long size() throws IOException {
      return run(FileChannel::size);
    }

    @Override
    public void write(long offset, byte[] octets, int from, int to) throws IOException {
      long ignored =
          run(channel -> {
            for (int at = from; at < to; ) {
              ByteBuffer chunk = ByteBuffer.wrap(octets, at, Math.min(CHUNK, to - at));
              at += channel.write(chunk, offset + at - from);
            }
            return (long) to - from;
          });
    }

    @Override
    public void force() throws IOException {
      // What another descriptor of the same file wrote is forced too: the kernel forces the file.
      long ignored =
          run(channel -> {
            channel.force(false);
            return 0;
          });
    }
  }
}
