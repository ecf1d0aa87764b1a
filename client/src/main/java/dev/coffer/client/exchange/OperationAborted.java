package dev.coffer.client.exchange;

import dev.coffer.client.Cause;
import dev.coffer.client.trust.Distrust;
import java.time.Duration;
import java.util.Optional;

/**
 * An operation ends here without a verdict: someone is not to be trusted, or it has to be repeated
 * later. The one checked exception of this module's inside; the public methods turn it into a
 * value.
 */
public final class OperationAborted extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Distrust> distrust;
  private final Cause cause;
  private final Duration after;

  private OperationAborted(
      String message, Optional<Distrust> distrust, Cause cause, Duration after) {
    super(message);
    this.distrust = distrust;
    this.cause = cause;
    this.after = after;
  }

  /** Someone is lying. */
  public static OperationAborted untrusted(Distrust reason) {
    return new OperationAborted(
        reason.name(), Optional.of(reason), Cause.UNREACHABLE, Duration.ZERO);
  }

  /** To be repeated. */
  public static OperationAborted tryAgain(Cause cause, Duration after) {
    return new OperationAborted(cause.name(), Optional.empty(), cause, after);
  }

  /** The reason for distrust, if that is why. */
  public Optional<Distrust> distrust() {
    return distrust;
  }

  /** Otherwise why to repeat. */
  public Cause cause() {
    return cause;
  }

  /** How long to wait at least. */
  public Duration after() {
    return after;
  }
}
