package dev.coffer.cli.terminal;

import dev.coffer.protocol.json.JsonWriter;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * One long piece of work: a bar with the time that is left on an interactive terminal, or a line
 * every few seconds, for people or for programs, or nothing. Thread-safe.
 */
public final class Progress implements AutoCloseable {
  /** How progress is shown. */
  public enum Manner {
    /** One line of at most {@value #COLUMNS} columns, drawn over itself. */
    BAR,
    /** A line every five seconds. */
    LINES,
    /** A line of JSON every second, and one at the end. */
    EVENTS,
    NONE
  }

  /** A terminal of 80 columns begins a new line when the last one is written. */
  static final int COLUMNS = 79;

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
  private static final Duration BETWEEN_EVENTS = Duration.ofSeconds(1);

  private final String task;
  private final Unit unit;
  private final PrintStream err;
  private final Manner manner;
  private final InstantSource clock;
  private final @Nullable ProgressBar bar;
  private final Instant started;
  private long max;
  private long last;
  private Instant spoke;

  /** What is counted. */
  public enum Unit {
    MEGABYTES,
    STEPS
  }

  private Progress(
      String task, long max, Unit unit, PrintStream err, Manner manner, InstantSource clock) {
    this.task = task;
    this.unit = unit;
    this.err = err;
    this.manner = manner;
    this.clock = clock;
    this.max = max;
    this.started = clock.instant();
    this.spoke = started;
    this.bar = manner == Manner.BAR ? bar(task, max, unit, err) : null;
  }

  /**
   * Starts.
   *
   * @param max bytes or steps in all; 0 while unknown
   */
  public static Progress start(
      String task, long max, Unit unit, PrintStream err, Manner manner, InstantSource clock) {
    return new Progress(task, max, unit, err, manner, clock);
  }

  private static ProgressBar bar(String task, long max, Unit unit, PrintStream err) {
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(max)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .clearDisplayOnFinish()
            .setConsumer(new ConsoleProgressBarConsumer(err, COLUMNS));
    return (unit == Unit.MEGABYTES ? builder.setUnit(" MB", 1_000_000) : builder).build();
  }

  /** So much is done, of so much; 0 while nobody knows of how much. */
  public synchronized void at(long done, long of) {
    // What was counted first may have grown meanwhile.
    max = of > 0 ? Math.max(of, done) : 0;
    last = done;
    Duration silent = Duration.between(spoke, clock.instant());
    switch (manner) {
      case BAR -> {
        if (bar != null) {
          bar.maxHint(max);
          bar.stepTo(done);
        }
      }
      case LINES -> {
        if (silent.compareTo(BETWEEN_LINES) >= 0) {
          spoke = clock.instant();
          err.println(
              "   "
                  + task
                  + ": "
                  + shown(done)
                  + (max > 0 ? " of " + shown(max) : "")
                  + left().map(time -> ", " + Sizes.time(time) + " left").orElse(""));
        }
      }
      case EVENTS -> {
        if (silent.compareTo(BETWEEN_EVENTS) >= 0) {
          event();
        }
      }
      case NONE -> {}
    }
  }

  private void event() {
    spoke = clock.instant();
    JsonWriter line =
        new JsonWriter()
            .put("event", "progress")
            .put("task", task)
            .put("unit", unit == Unit.MEGABYTES ? "octets" : "steps")
            .put("done", last)
            .put("inAll", max);
    left().ifPresent(time -> line.put("secondsLeft", time.toSeconds()));
    err.println(line);
  }

  /** How long it will take if it goes on as it went; empty while that says nothing. */
  private Optional<Duration> left() {
    Duration gone = Duration.between(started, clock.instant());
    if (max == 0 || last == 0 || gone.isZero() || gone.isNegative()) {
      return Optional.empty();
    }
    double millis = (double) gone.toMillis() * (max - last) / last;
    return Optional.of(Duration.ofMillis((long) millis));
  }

  private String shown(long count) {
    return unit == Unit.MEGABYTES ? Sizes.bytes(count) : Long.toString(count);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
    if (manner == Manner.EVENTS) {
      event();
    }
  }
}
