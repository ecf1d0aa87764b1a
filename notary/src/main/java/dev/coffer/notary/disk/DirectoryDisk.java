package dev.coffer.notary.disk;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** A directory, held by one process at a time if it is open for writing. */
public final class DirectoryDisk implements Disk {
  private static final String LOCK = "LOCK";
  private static final int FORCING = 8;
  private static final int FILE_MAX = 64 << 20;

  /** Half-written files carry it; whoever serves the folder does not serve them. */
  private static final String PART = ".part";

  private final Path root;
  private final Optional<FileChannel> lockFile;
  private final Map<String, FileChannel> appended = new HashMap<>();
  private final Set<Path> durableFolders = ConcurrentHashMap.newKeySet();

  private final ExecutorService forcing =
      Executors.newFixedThreadPool(
          FORCING, Thread.ofPlatform().daemon().name("forcing-", 0).factory());

  private DirectoryDisk(Path root, Optional<FileChannel> lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * Takes the directory, which is made if it is not there.
   *
   * @throws IOException if another process has it
   */
  public static DirectoryDisk open(Path root) throws IOException {
    Files.createDirectories(root);
    FileChannel lockFile =
        FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = lockFile.tryLock();
      if (lock != null) {
        return new DirectoryDisk(root, Optional.of(lockFile));
      }
    } catch (OverlappingFileLockException sameProcess) {
      lockFile.close();
      throw new IOException(root + " is in use by this process already.", sameProcess);
    }
    lockFile.close();
    throw new IOException(root + " is in use by another process: stop that one first.");
  }

  /** A directory to read only, which others may be writing. */
  public static DirectoryDisk reading(Path root) {
    return new DirectoryDisk(root, Optional.empty());
  }

  private Path path(String path) throws IOException {
    Path resolved = root.resolve(path).normalize();
    if (!resolved.startsWith(root.normalize())) {
      throw new IOException("a path outside of the directory");
    }
    return resolved;
  }

  @Override
  public Optional<Bytes> read(String path, int max) throws IOException {
    try (FileChannel channel = FileChannel.open(path(path), StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > max) {
        throw new IOException(path + " is longer than " + max + " octets.");
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
      return Optional.of(Bytes.copyOf(buffer.array(), 0, buffer.position()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void create(String path, Bytes content) throws IOException {
    createAll(Map.of(path, content));
  }

  @Override
  public void createAll(Map<String, Bytes> files) throws IOException {
    for (Map.Entry<String, Bytes> file : files.entrySet()) {
      Optional<Bytes> present = read(file.getKey(), FILE_MAX);
      if (present.isPresent() && !present.get().equals(file.getValue())) {
        throw new FileConflict(file.getKey());
      }
    }
    // The same content is written again: it may stand there only in the system's cache, since a
    // force that failed once may succeed the next time without having written.
    replaceAll(files);
  }

  @Override
  public void replace(String path, Bytes content) throws IOException {
    forget(path);
    replaceAll(Map.of(path, content));
  }

  private void replaceAll(Map<String, Bytes> files) throws IOException {
    Map<Path, Path> parts = new LinkedHashMap<>();
    Set<Path> folders = new LinkedHashSet<>();
    for (Map.Entry<String, Bytes> file : files.entrySet()) {
      Path target = path(file.getKey());
      makeFolders(folderOf(target));
      folders.add(folderOf(target));
      Path part = target.resolveSibling(target.getFileName() + PART);
      try (FileChannel channel =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        write(channel, file.getValue(), 0);
      }
      parts.put(part, target);
    }
    forceAll(parts.keySet());
    // A crash here leaves .part files, which the next files of these names overwrite.
    for (Map.Entry<Path, Path> move : parts.entrySet()) {
      Files.move(move.getKey(), move.getValue(), StandardCopyOption.ATOMIC_MOVE);
    }
    // A crash here may undo moves: old files are whole, and the caller was told nothing.
    forceAll(folders);
  }

  /** Forces at the same time are one commit of the file system's own journal. */
  private void forceAll(Collection<Path> paths) throws IOException {
    if (paths.size() == 1) {
      force(paths.iterator().next());
      return;
    }
    List<Future<?>> forced = new ArrayList<>();
    for (Path path : paths) {
      forced.add(
          forcing.submit(() -> {
            force(path);
            return path;
          }));
    }
    try {
      for (Future<?> one : forced) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a file could not be forced", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while files were forced");
    }
  }

  private Path folderOf(Path target) {
    Path parent = target.getParent();
    return parent == null ? root : parent;
  }

  /** A folder's name is durable once its parent was forced; each is done once. */
  private void makeFolders(Path folder) throws IOException {
    if (durableFolders.contains(folder)) {
      return;
    }
    Files.createDirectories(folder);
    for (Path at = folder; !at.equals(root) && at.startsWith(root); at = folderOf(at)) {
      force(folderOf(at));
      durableFolders.add(at);
    }
    durableFolders.add(folder);
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void write(FileChannel channel, Bytes content, long offset) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(content.toByteArray());
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
  }

  @Override
  public synchronized void append(String path, long end, Bytes more) throws IOException {
    FileChannel channel = appended.get(path);
    if (channel == null || !channel.isOpen()) {
      Path target = path(path);
      makeFolders(folderOf(target));
      channel = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      appended.put(path, channel);
      force(folderOf(target));
    }
    if (channel.size() != end) {
      throw new IOException(path + " changed its length behind our back.");
    }
    write(channel, more, end);
    channel.force(true);
  }

  private synchronized void forget(String path) throws IOException {
    FileChannel channel = appended.remove(path);
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void deleteFolder(String path) throws IOException {
    Path folder = path(path);
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> inside = Files.list(folder)) {
      files = inside.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
    durableFolders.remove(folder);
  }

  @Override
  public List<String> list(String path) throws IOException {
    try (Stream<Path> inside = Files.list(path(path))) {
      List<String> names = new ArrayList<>();
      for (Path entry : inside.toList()) {
        String name = entry.getFileName().toString();
        if (!name.endsWith(PART)) {
          names.add(Files.isDirectory(entry) ? name + "/" : name);
        }
      }
      return names.stream().sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    forcing.shutdownNow();
    for (FileChannel channel : appended.values()) {
      channel.close();
    }
    appended.clear();
    if (lockFile.isPresent()) {
      lockFile.get().close();
    }
  }
}
