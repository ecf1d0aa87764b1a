package dev.coffer.backup.remote;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Tries again what may well succeed a little later, once at least: for {@link #KNOWN} with a
 * service that has answered before, and a few seconds with one that never did, whose address may be
 * misspelt. The time counts from the first try on, whatever it is spent with. Pauses become longer,
 * up to {@link #PAUSE_MAX}. Thread-safe.
 */
public final class Patience {
  /** After which a service that has answered is not tried once more. */
  public static final Duration KNOWN = Duration.ofMinutes(3);

  /** The same for one that never has. */
  public static final Duration UNKNOWN = Duration.ofSeconds(6);

  /** The longest pause. */
  public static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  private static final Duration PAUSE_FIRST = Duration.ofMillis(400);

  private final String service;
  private final Pause pause;
  private volatile boolean known;

  /**
   * Patience with one service.
   *
   * @param service as sentences name it
   */
  public Patience(String service, Pause pause) {
    this.service = service;
    this.pause = pause;
  }

  /** One try; an {@link IOException} if another may succeed. */
  @FunctionalInterface
  public interface Try<T> {
    /** Does it once. */
    T once() throws IOException, InterruptedException, BackupException;
  }

  /**
   * What {@code work} returns: the first answer that is not {@code passing}, or the last one.
   *
   * @param passing whether the service asks, with this answer, to be asked again
   */
  public <T> T with(Try<T> work, Predicate<T> passing) throws BackupException {
    long began = pause.nanoTime();
    boolean again = false;
    Duration next = PAUSE_FIRST;
    try {
      while (true) {
        try {
          T answer = work.once();
          known = true;
          if (!passing.test(answer) || again && isOver(began)) {
            return answer;
          }
        } catch (IOException e) {
          if (again && isOver(began)) {
            throw new BackupException(
                Reason.STORE_UNREACHABLE,
                "Cannot reach "
                    + service
                    + ": check the connection and run the same command again.",
                e);
          }
        }
        pause.of(next);
        again = true;
        next = next.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? next.multipliedBy(2) : PAUSE_MAX;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackupException(
          Reason.INTERRUPTED, "The work was stopped; run the same command again to continue.", e);
    }
  }

  private boolean isOver(long began) {
    return pause.nanoTime() - began >= (known ? KNOWN : UNKNOWN).toNanos();
  }
}
