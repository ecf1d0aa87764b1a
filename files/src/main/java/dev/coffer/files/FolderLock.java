package dev.coffer.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps others out of a folder while one process works in it. The system frees it when its holder
 * dies, however it dies. Holds against processes that ask too; it does not stop one that does not.
 */
public final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock that {@code file} stands for; makes the file if need be and never removes it.
   *
   * @return empty if another process, or another part of this one, has it
   */
  public static Optional<FolderLock> take(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new FolderLock(channel));
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer as if another held it.
      channel.close();
      return Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  /**
   * The same, and waits for a holder that is about to go: a killed process holds its locks until
   * the system has taken it apart.
   *
   * @param patience how long at most
   * @return empty if another process has it still, or another part of this one has it at all
   */
  public static Optional<FolderLock> take(Path file, Duration patience) throws IOException {
    Optional<FolderLock> free = take(file);
    if (free.isPresent()) {
      return free;
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    CompletableFuture<FileLock> lock = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                lock.complete(channel.lock());
              } catch (IOException | OverlappingFileLockException e) {
                lock.completeExceptionally(e);
              }
            },
            "folder-lock");
    waiting.setDaemon(true);
    waiting.start();
    try {
      var unused = lock.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return Optional.of(new FolderLock(channel));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Nobody let go in time.
    }
    channel.close();
    return Optional.empty();
  }

  /** Lets others in. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
