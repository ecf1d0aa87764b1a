package dev.coffer.cli;

/**
 * A command could not do what was asked. Carries one sentence that says what happened, one that
 * says what to do next, and the exit code. Neither sentence ever contains a code or a key.
 */
public final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String what;
  private final String next;

  /**
   * @param what what happened, one sentence
   * @param next what the user does next, one sentence
   */
  public Failure(ExitCode exitCode, String what, String next) {
    super(what);
    this.exitCode = exitCode;
    this.what = what;
    this.next = next;
  }

  /** The exit code. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** What happened. */
  public String what() {
    return what;
  }

  /** What to do next. */
  public String next() {
    return next;
  }
}
