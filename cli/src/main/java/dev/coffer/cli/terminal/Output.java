package dev.coffer.cli.terminal;

import dev.coffer.protocol.json.JsonWriter;
import java.io.PrintStream;
import java.time.InstantSource;

/**
 * What a command says, where, and in which manner: words on standard output for people; with {@code
 * --json} one line of JSON there and the words on standard error; with {@code --quiet} only results
 * and trouble.
 */
public final class Output {
  private final Terminal terminal;
  private final boolean json;
  private final boolean quiet;
  private final InstantSource clock;

  /** On {@code terminal}. */
  public Output(Terminal terminal, boolean json, boolean quiet, InstantSource clock) {
    this.terminal = terminal;
    this.json = json;
    this.quiet = quiet;
    this.clock = clock;
  }

  /** The same, without words. */
  public Output silently() {
    return new Output(terminal, json, true, clock);
  }

  /** Narrates. */
  public void say(String line) {
    if (!quiet) {
      (json ? terminal.err() : terminal.out()).println(line);
    }
  }

  /** Something the user ought to know even when quiet. */
  public void warn(String line) {
    terminal.err().println(line);
  }

  /** The result for a person; with {@code --json} {@link #result(JsonWriter)} says it instead. */
  public void result(String line) {
    if (!json) {
      terminal.out().println(line);
    }
  }

  /** The result for a program. */
  public void result(JsonWriter line) {
    if (json) {
      terminal.out().println(line);
    }
  }

  /** Whether JSON was asked for. */
  public boolean json() {
    return json;
  }

  /** Starts to show progress: a bar for a person who watches, a line now and then for a log. */
  public Progress progress(String task, long max, Progress.Unit unit) {
    Progress.Manner manner =
        quiet || json
            ? Progress.Manner.NONE
            : terminal.interactive() ? Progress.Manner.BAR : Progress.Manner.LINES;
    return progress(task, max, unit, manner);
  }

  /** The same in that manner. */
  public Progress progress(String task, long max, Progress.Unit unit, Progress.Manner manner) {
    return Progress.start(task, max, unit, terminal.err(), manner, clock);
  }

  /** Whether a person watches who wants words. */
  public boolean watched() {
    return !quiet && !json && terminal.interactive();
  }

  /** For tables and the like that only people read. */
  public PrintStream out() {
    return terminal.out();
  }
}
