package dev.coffer.cli.command;

import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import picocli.CommandLine.Option;

/** How a long command shows how far it is. */
final class ProgressOption {
  /** What can be asked for. */
  enum When {
    /** A bar on a terminal, and nothing elsewhere: what is started by a clock writes no log. */
    AUTO,
    /** A line every five seconds on standard error. */
    LINES,
    /** A line of JSON every second on standard error, and one at the end. */
    JSON,
    /** Nothing. */
    NEVER
  }

  @Option(
      names = "--progress",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "How far it is: auto (a bar on a terminal, nothing elsewhere; the default), lines, json (events on standard"
              + " error), never.")
  private When when = When.AUTO;

  /** Whether anybody is told. */
  boolean shown(Output speech) {
    return manner(speech) != Progress.Manner.NONE;
  }

  Progress start(Output speech, String task, Progress.Unit unit) {
    return speech.progress(task, 0, unit, manner(speech));
  }

  private Progress.Manner manner(Output speech) {
    return switch (when) {
      case AUTO -> speech.watched() ? Progress.Manner.BAR : Progress.Manner.NONE;
      case LINES -> Progress.Manner.LINES;
      case JSON -> Progress.Manner.EVENTS;
      case NEVER -> Progress.Manner.NONE;
    };
  }
}
