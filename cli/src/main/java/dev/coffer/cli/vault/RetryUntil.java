package dev.coffer.cli.vault;

import dev.coffer.client.Cause;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Forgetting;
import dev.coffer.client.Presence;
import dev.coffer.client.Recovery;
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
public record RetryUntil(Duration limit, InstantSource clock, Pause pause) {
  private static final Duration LEAST = Duration.ofMillis(200);
  private static final Duration MOST = Duration.ofSeconds(2);

  /** Why and how long to wait. */
  public record Wait(Duration after, boolean worthwhile) {
    /** What a verdict without a result asks for; a login or a disk does not mend itself. */
    public static Wait of(Duration after, Cause cause) {
      return switch (cause) {
        case UNREACHABLE, BUSY, TOO_FEW_HSMS, CONTENTION -> new Wait(after, true);
        case LOGIN_EXPIRED, LOGIN_INVALID, REFUSED, MOVED, MEMORY, STRETCHING, INTERRUPTED ->
            new Wait(after, false);
      };
    }

    /** What a registration without a verdict asks for. */
    public static Optional<Wait> after(Enrolment enrolment) {
      return enrolment instanceof Enrolment.TryAgain again
          ? Optional.of(Wait.of(again.after(), again.cause()))
          : Optional.empty();
    }

    /**
     * What a recovery without a verdict asks for. A code that did not open what was found is never
     * tried again without the user: hosts that give just enough results, or move the record on,
     * would learn from it that it was not right (INV-10).
     */
    public static Optional<Wait> after(Recovery recovery) {
      return switch (recovery) {
        case Recovery.TryAgain again when again.cause() == Cause.CONTENTION -> Optional.empty();
        case Recovery.TryAgain again -> Optional.of(Wait.of(again.after(), again.cause()));
        case Recovery.Unconfirmed u -> Optional.empty();
        case Recovery.Recovered r -> Optional.empty();
        case Recovery.WrongCode w -> Optional.empty();
        case Recovery.Exhausted e -> Optional.empty();
        case Recovery.NotRegistered n -> Optional.empty();
        case Recovery.Moved m -> Optional.empty();
        case Recovery.Untrusted u -> Optional.empty();
      };
    }

    /** What an answer that is none asks for. */
    public static Optional<Wait> after(Presence presence) {
      return presence instanceof Presence.TryAgain again
          ? Optional.of(Wait.of(again.after(), again.cause()))
          : Optional.empty();
    }

    /** What a deletion without a verdict asks for. */
    public static Optional<Wait> after(Forgetting forgetting) {
      return forgetting instanceof Forgetting.TryAgain again
          ? Optional.of(Wait.of(again.after(), again.cause()))
          : Optional.empty();
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
