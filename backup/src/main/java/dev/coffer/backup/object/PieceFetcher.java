package dev.coffer.backup.object;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gets objects ahead of time, on somebody's executor, and keeps the last few: the files of a pack
 * follow each other. Fetching belongs to one thread.
 */
public final class PieceFetcher {
  /** Objects in memory, fetched or under way: 64 MiB at most. */
  public static final int OBJECTS_MAX = 16;

  private final SealedObjects objects;
  private final Executor executor;
  private final Map<DataName, CompletableFuture<byte[]>> fetched =
      new LinkedHashMap<>(32, 0.75f, true);
  private final AtomicLong bytes = new AtomicLong();

  public PieceFetcher(SealedObjects objects, Executor executor) {
    this.objects = objects;
    this.executor = executor;
  }

  /** Starts to fetch the object unless it is here or under way. */
  public void prefetch(DataName name) throws BackupException {
    // What it comes to is asked for by fetch, or by nobody.
    CompletableFuture<byte[]> unused = start(name);
  }

  private CompletableFuture<byte[]> start(DataName name) throws BackupException {
    CompletableFuture<byte[]> known = fetched.get(name);
    if (known != null) {
      return known;
    }
    CompletableFuture<byte[]> future = new CompletableFuture<>();
    try {
      executor.execute(() -> fetch(name, future));
    } catch (RejectedExecutionException e) {
      throw stopped(e);
    }
    fetched.put(name, future);
    Iterator<DataName> eldest = fetched.keySet().iterator();
    while (fetched.size() > OBJECTS_MAX) {
      eldest.next();
      eldest.remove();
    }
    return future;
  }

  private void fetch(DataName name, CompletableFuture<byte[]> future) {
    try {
      byte[] content = objects.readData(name);
      bytes.addAndGet(content.length);
      future.complete(content);
    } catch (DamagedObject | BackupException | RuntimeException | Error e) {
      future.completeExceptionally(e);
    }
  }

  /** The verified content of {@code piece}. */
  public byte[] fetch(Piece piece) throws BackupException, DamagedObject {
    CompletableFuture<byte[]> future = start(piece.object());
    try {
      return cutOut(piece, future.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped(e);
    } catch (ExecutionException e) {
      // What failed is said once: who asks again may find it there.
      fetched.remove(piece.object(), future);
      if (e.getCause() instanceof DamagedObject damage) {
        throw damage;
      }
      if (e.getCause() instanceof BackupException trouble) {
        throw trouble;
      }
      throw new IllegalStateException("fetching failed in an unforeseen way", e.getCause());
    }
  }

  /** The octets of {@code piece} from the plaintext of its object. */
  public static byte[] cutOut(Piece piece, byte[] content) throws DamagedObject {
    if (piece.offset() + piece.size() > content.length) {
      throw new DamagedObject(piece.object().path(), "is shorter than the file list says");
    }
    if (piece.offset() == 0 && piece.size() == content.length) {
      return content;
    }
    return Arrays.copyOfRange(content, piece.offset(), piece.offset() + piece.size());
  }

  private static BackupException stopped(Exception e) {
    return new BackupException(
        Reason.INTERRUPTED, "The work was stopped; run the same command again to continue.", e);
  }

  /** Plaintext octets fetched so far. */
  public long bytes() {
    return bytes.get();
  }
}
