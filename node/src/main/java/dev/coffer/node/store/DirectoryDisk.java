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
import java.util.List;
import java.util.Map;

/** A directory, held by one process at a time. */
final class DirectoryDisk implements Disk {
  private static final String LOCK = "LOCK";

  private final Path directory;
  private final FileChannel lockFile;
  private final Map<String, ChannelFile> open = new HashMap<>();

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
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      file = new ChannelFile(channel);
      open.put(name, file);
      if (fresh) {
        // Without this a power cut may take the file's name away and leave what refers to it.
        try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
          folder.force(true);
        }
      }
    }
    return file;
  }

  @Override
  public List<String> names() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (ChannelFile file : open.values()) {
      file.channel.close();
    }
    lockFile.close();
  }

  private record ChannelFile(FileChannel channel) implements File {
    /** The JDK keeps a native buffer a thread as large as the largest write. */
    private static final int CHUNK = 256 << 10;

    @Override
    public int read(long offset, byte[] into) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(into);
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer, offset + buffer.position());
        if (read < 0) {
          break;
        }
      }
      return buffer.position();
    }

    @Override
    public void write(long offset, byte[] octets, int from, int to) throws IOException {
      for (int at = from; at < to; ) {
        ByteBuffer chunk = ByteBuffer.wrap(octets, at, Math.min(CHUNK, to - at));
        at += channel.write(chunk, offset + at - from);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }
  }
}
