package dev.coffer.cli.vault;

import dev.coffer.client.Cause;
import dev.coffer.client.port.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Repeats an operation while the fleet has no verdict, up to a deadline. Safe because the client
 * sends the very same request again: a repetition costs no guess (INV-8).
 *
 * @param clock measures the deadline
 */
public record Patience(Duration limit, InstantSource clock, Pause pause) {
  private static final Duration LEAST = Duration.ofMillis(200);
  private static final Duration MOST = Duration.ofSeconds(2);

  /** Why and how long to wait. */
  public record Wait(Duration after, boolean worthwhile) {
    /** What a verdict without a result asks for; a login or a disk does not mend itself. */
    public static Wait of(Duration after, Cause cause) {
      return switch (cause) {
        case UNREACHABLE, BUSY, TOO_FEW_HSMS, CONTENTION -> new Wait(after, true);
        case LOGIN_EXPIRED, LOGIN_INVALID, REFUSED, MOVED, MEMORY, INTERRUPTED ->
            new Wait(after, false);
      };
    }
  }

  /**
   * Runs {@code operation} until it has a verdict, waiting is not worthwhile, or time is up;
   * returns the last result.
   *
   * @param wait empty for a verdict
   */
  public <T> T repeat(Supplier<T> operation, Function<T, Optional<Wait>> wait)
      throws InterruptedException {
    Instant deadline = clock.instant().plus(limit);
    while (true) {
      T result = operation.get();
      Optional<Wait> asked = wait.apply(result);
      if (asked.isEmpty() || !asked.get().worthwhile()) {
        return result;
      }
      Duration wish = asked.get().after();
      Duration length = wish.compareTo(LEAST) < 0 ? LEAST : wish.compareTo(MOST) > 0 ? MOST : wish;
      if (clock.instant().plus(length).isAfter(deadline)) {
        return result;
      }
      pause.await(length);
    }
  }
}
