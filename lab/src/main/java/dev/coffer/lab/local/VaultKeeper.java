package dev.coffer.lab.local;

import dev.coffer.cli.Failure;
import dev.coffer.notary.operator.OperatorFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Keeps a vault up for as long as somebody stays with it: starts again what has died, and hands out
 * the bundle under the log's newest checkpoint every day, without which all clients refuse after a
 * week. No trouble ends it; each is said and tried again later. Not thread-safe.
 */
public final class VaultKeeper {
  /** How often the bundle is handed out again. */
  public static final Duration REFRESH = Duration.ofDays(1);

  /** How soon after that has failed. */
  public static final Duration REFRESH_AGAIN = Duration.ofMinutes(10);

  /** What dies again at once is started again this much later, at most. */
  public static final Duration START_AGAIN_MAX = Duration.ofMinutes(1);

  private static final int DOUBLINGS_MAX = 6;

  /** A process that ought to run. */
  public interface Part {
    /** For people, and to know it by. */
    String name();

    /** Whether it runs. */
    boolean runs();

    /** Starts it. */
    void start() throws Failure, OperatorFailure, IOException;
  }

  /** What there is to keep up; that may grow. */
  @FunctionalInterface
  public interface Parts {
    /** All of it, now. */
    List<Part> now() throws Failure, OperatorFailure, IOException;
  }

  /** Hands the newest bundle out again. */
  @FunctionalInterface
  public interface Refreshing {
    /** Once. */
    void refresh() throws Failure, OperatorFailure, IOException, InterruptedException;
  }

  /**
   * @param tries starts since it last ran for a while
   * @param next not to be started before
   */
  private record Seen(int tries, Instant next) {}

  private final InstantSource clock;
  private final Parts parts;
  private final Refreshing refreshing;
  private final Consumer<String> warn;
  private final Map<String, Seen> seen = new HashMap<>();
  private Instant nextRefresh;

  /**
   * For a vault that was just started, its bundle handed out.
   *
   * @param warn hears of everything that was wrong
   */
  public VaultKeeper(
      InstantSource clock, Parts parts, Refreshing refreshing, Consumer<String> warn) {
    this.clock = clock;
    this.parts = parts;
    this.refreshing = refreshing;
    this.warn = warn;
    this.nextRefresh = clock.instant().plus(REFRESH);
  }

  /** Looks once at everything. */
  public void round() throws InterruptedException {
    Instant now = clock.instant();
    try {
      for (Part part : parts.now()) {
        keep(part, now);
      }
    } catch (Failure | OperatorFailure | IOException e) {
      warn.accept("The vault cannot be looked at: " + e.getMessage());
    }
    if (now.isBefore(nextRefresh)) {
      return;
    }
    try {
      refreshing.refresh();
      nextRefresh = now.plus(REFRESH);
    } catch (Failure | OperatorFailure | IOException e) {
      nextRefresh = now.plus(REFRESH_AGAIN);
      warn.accept("The bundle was not refreshed, and will be tried again: " + e.getMessage());
    }
  }

  private void keep(Part part, Instant now) {
    Seen before = seen.get(part.name());
    if (part.runs()) {
      if (before == null || now.isAfter(before.next().plus(START_AGAIN_MAX))) {
        seen.put(part.name(), new Seen(0, now));
      }
      return;
    }
    // What never ran while somebody looked is being founded by another command: that starts it.
    if (before == null || now.isBefore(before.next())) {
      return;
    }
    warn.accept(part.name() + " has died; starting it again.");
    Duration pause = Duration.ofSeconds(1L << Math.min(before.tries(), DOUBLINGS_MAX));
    Duration limited = pause.compareTo(START_AGAIN_MAX) > 0 ? START_AGAIN_MAX : pause;
    seen.put(part.name(), new Seen(before.tries() + 1, now.plus(limited)));
    try {
      part.start();
    } catch (Failure | OperatorFailure | IOException e) {
      warn.accept(part.name() + " could not be started: " + e.getMessage());
    }
  }
}
