package dev.coffer.backup.remote;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The port for time: waiting between two tries, and for what may take too long. */
public interface Pause {
  /** Returns after {@code duration}, or throws when the thread is interrupted. */
  void of(Duration duration) throws InterruptedException;

  /** A monotonic clock in nanoseconds, of the time in which {@link #of} waits. */
  long nanoTime();

  /** Waits for {@code work}, at most for {@code limit}; whether it ended, in whatever way. */
  default boolean ends(CompletableFuture<?> work, Duration limit) throws InterruptedException {
    try {
      work.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException | CancellationException e) {
      // What went wrong, whoever has the work hears.
      return true;
    }
    return true;
  }

  /** Lets the calling thread sleep. */
  static Pause system() {
    return new Pause() {
      @Override
      public void of(Duration duration) throws InterruptedException {
        Thread.sleep(duration.toMillis());
      }

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }
    };
  }
}
