package dev.coffer.client.exchange;

import dev.coffer.client.trust.Distrust;
import java.time.Duration;
import java.util.Optional;

/**
 * An operation ends here without a verdict: someone is not to be trusted, or it has to be repeated
 * later. The one checked exception of this module's inside; the public methods turn it into a
 * value.
 */
public final class Halt extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why an operation has to be repeated. */
  public enum Repeat {
    UNREACHABLE,
    BUSY,
    LOGIN_EXPIRED,
    LOGIN_INVALID,
    REFUSED,
    MOVED,
    MEMORY,
    STRETCHING,
    INTERRUPTED
  }

  private final transient Optional<Distrust> distrust;
  private final Repeat repeat;
  private final Duration after;

  private Halt(String message, Optional<Distrust> distrust, Repeat repeat, Duration after) {
    super(message);
    this.distrust = distrust;
    this.repeat = repeat;
    this.after = after;
  }

  /** Someone is lying. */
  public static Halt untrusted(Distrust reason) {
    return new Halt(reason.name(), Optional.of(reason), Repeat.UNREACHABLE, Duration.ZERO);
  }

  /** To be repeated. */
  public static Halt repeat(Repeat repeat, Duration after) {
    return new Halt(repeat.name(), Optional.empty(), repeat, after);
  }

  /** The reason for distrust, if that is why. */
  public Optional<Distrust> distrust() {
    return distrust;
  }

  /** Otherwise why to repeat. */
  public Repeat repeat() {
    return repeat;
  }

  /** How long to wait at least. */
  public Duration after() {
    return after;
  }
}
