package dev.coffer.backup;

import dev.coffer.backup.BackupException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Another store, to and from which no more octets go in the mean than was asked for. An object goes
 * as a whole and as fast as it can; the next one waits. Thread-safe if {@code waiting} is.
 */
public final class ThrottledStore implements ObjectStore {
  /** Waits; a port, so that tests do not. */
  @FunctionalInterface
  public interface Waiting {
    /** Returns after {@code duration}, or throws when the thread is interrupted. */
    void of(Duration duration) throws InterruptedException;
  }

  private static final long NANOS = 1_000_000_000;

  private final ObjectStore store;
  private final Lane up;
  private final Lane down;

  /**
   * Limits {@code store}.
   *
   * @param upMax octets a second that are put; 0 for no limit
   * @param downMax octets a second that are fetched; 0 for no limit
   * @param nanos a monotonic clock in nanoseconds
   */
  public ThrottledStore(
      ObjectStore store, long upMax, long downMax, LongSupplier nanos, Waiting waiting) {
    this.store = store;
    this.up = new Lane(upMax, nanos, waiting);
    this.down = new Lane(downMax, nanos, waiting);
  }

  /** One direction. */
  private static final class Lane {
    private final long octetsMax;
    private final LongSupplier nanos;
    private final Waiting waiting;
    private long free;

    Lane(long octetsMax, LongSupplier nanos, Waiting waiting) {
      this.octetsMax = octetsMax;
      this.nanos = nanos;
      this.waiting = waiting;
      this.free = nanos.getAsLong();
    }

    private long time(long octets) {
      return octets * NANOS / octetsMax;
    }

    /** Takes the time of octets that went already. */
    synchronized void owe(long octets) {
      if (octetsMax > 0) {
        long now = nanos.getAsLong();
        free = (now - free < 0 ? free : now) + time(octets);
      }
    }

    /** Waits until what went before has had its time, and takes the time of {@code octets}. */
    void pass(long octets) throws BackupException {
      if (octetsMax == 0) {
        return;
      }
      long turn;
      long now;
      synchronized (this) {
        now = nanos.getAsLong();
        turn = now - free < 0 ? free : now;
        free = turn + time(octets);
      }
      if (turn - now > 0) {
        try {
          waiting.of(Duration.ofNanos(turn - now));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new BackupException(
              Reason.INTERRUPTED,
              "The work was stopped; run the same command again to continue.",
              e);
        }
      }
    }
  }

  @Override
  public void put(String name, byte[] content) throws BackupException {
    up.pass(content.length);
    store.put(name, content);
  }

  @Override
  public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
    // How much it is shows afterwards, and is what the next one waits for.
    down.pass(0);
    Optional<byte[]> content = store.get(name, sizeMax);
    down.owe(content.map(octets -> octets.length).orElse(0));
    return content;
  }

  @Override
  public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
    store.list(prefix, sink);
  }

  @Override
  public boolean isEmpty() throws BackupException {
    return store.isEmpty();
  }

  @Override
  public void delete(String name) throws BackupException {
    store.delete(name);
  }

  @Override
  public void sweep(Instant before) throws BackupException {
    store.sweep(before);
  }

  @Override
  public void flush() throws BackupException {
    store.flush();
  }
}
