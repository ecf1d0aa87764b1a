package dev.coffer.cli.terminal;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * One long piece of work: a bar on an interactive terminal, a line every few seconds in a log,
 * nothing when quiet. Thread-safe.
 */
public final class Progress implements AutoCloseable {
  /** How progress is shown. */
  public enum Manner {
    BAR,
    LINES,
    NONE
  }

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  private final String task;
  private final Unit unit;
  private final PrintStream err;
  private final Manner manner;
  private final InstantSource clock;
  private final @Nullable ProgressBar bar;
  private long max;
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
    this.spoke = clock.instant();
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
            .setConsumer(new ConsoleProgressBarConsumer(err, 100));
    return (unit == Unit.MEGABYTES ? builder.setUnit(" MB", 1_000_000) : builder).build();
  }

  /** So much is done, of so much. */
  public synchronized void at(long done, long of) {
    max = of;
    if (bar != null) {
      bar.maxHint(of);
      bar.stepTo(done);
    } else if (manner == Manner.LINES
        && Duration.between(spoke, clock.instant()).compareTo(BETWEEN_LINES) >= 0) {
      spoke = clock.instant();
      err.println("   " + task + ": " + shown(done) + (max > 0 ? " of " + shown(max) : ""));
    }
  }

  private String shown(long count) {
    return unit == Unit.MEGABYTES ? Sizes.bytes(count) : Long.toString(count);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
