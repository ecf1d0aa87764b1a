package dev.coffer.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps others out of a folder while one process works in it. The system frees it when its holder
 * dies, however it dies. Holds against processes that ask too; it does not stop one that does not.
 */
public final class FolderLock implements AutoCloseable {
  /**
   * What this process holds. Asked before a file is opened: to POSIX, whoever closes any descriptor
   * of a file gives up all locks that his process has on it, whichever descriptor they were taken
   * by.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path held;
  private final FileChannel channel;

  private FolderLock(Path held, FileChannel channel) {
    this.held = held;
    this.channel = channel;
  }

  /**
   * Takes the lock that {@code file} stands for; makes the file if need be and never removes it.
   *
   * @return empty if another process, or another part of this one, has it
   */
  public static Optional<FolderLock> take(Path file) throws IOException {
    return take(file, channel -> channel.tryLock() != null);
  }

  /**
   * The same, and waits for a holder that is about to go: a killed process holds its locks until
   * the system has taken it apart.
   *
   * @param patience how long at most
   * @return empty if another process has it still, or another part of this one has it at all
   */
  public static Optional<FolderLock> take(Path file, Duration patience) throws IOException {
    return take(file, channel -> channel.tryLock() != null || awaited(channel, patience));
  }

  private interface Locking {
    boolean locked(FileChannel channel) throws IOException;
  }

  private static Optional<FolderLock> take(Path file, Locking locking) throws IOException {
    Path real = file.toAbsolutePath().resolveSibling("").toRealPath().resolve(file.getFileName());
    if (!HELD.add(real)) {
      return Optional.empty();
    }
    FolderLock lock = null;
    boolean taken = false;
    try {
      lock = new FolderLock(real, FileChannel.open(real, CREATE, WRITE));
      taken = locking.locked(lock.channel);
      return taken ? Optional.of(lock) : Optional.empty();
    } finally {
      if (lock == null) {
        HELD.remove(real);
      } else if (!taken) {
        lock.close();
      }
    }
  }

  /** Whether the holder let go in time. */
  private static boolean awaited(FileChannel channel, Duration patience) throws IOException {
    CompletableFuture<FileLock> lock = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                lock.complete(channel.lock());
              } catch (IOException | RuntimeException e) {
                lock.completeExceptionally(e);
              }
            },
            "folder-lock");
    waiting.setDaemon(true);
    waiting.start();
    try {
      return lock.get(patience.toNanos(), TimeUnit.NANOSECONDS) != null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException("the lock could not be waited for", e.getCause());
    }
  }

  /** Lets others in. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try {
        channel.close();
      } finally {
        HELD.remove(held);
      }
    }
  }
}
