package dev.coffer.cli;

import dev.coffer.notary.operator.OperatorFailure;
import java.util.OptionalInt;

/**
 * A command could not do what was asked. Carries one sentence that says what happened, one that
 * says what to do next, and the exit code. Neither sentence ever contains a code or a key.
 */
public class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String what;
  private final String next;
  private final OptionalInt guessesLeft;

  /**
   * @param what what happened, one sentence
   * @param next what the user does next, one sentence
   */
  public Failure(ExitCode exitCode, String what, String next) {
    this(exitCode, what, next, OptionalInt.empty());
  }

  /** The same where the vault has said how many guesses are left. */
  public Failure(ExitCode exitCode, String what, String next, OptionalInt guessesLeft) {
    super(what);
    this.exitCode = exitCode;
    this.what = what;
    this.next = next;
    this.guessesLeft = guessesLeft;
  }

  /** The same with its exit code. */
  public static Failure of(OperatorFailure failure) {
    ExitCode code =
        switch (failure.reason()) {
          case USAGE -> ExitCode.USAGE;
          case UNTRUSTED -> ExitCode.UNTRUSTED;
          case TRY_AGAIN -> ExitCode.TRY_AGAIN;
          case HERE -> ExitCode.HERE;
          case FAILED -> ExitCode.FAILED;
        };
    return new Failure(code, failure.what(), failure.next());
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

  /** How many guesses are left, where the vault has said so. */
  public OptionalInt guessesLeft() {
    return guessesLeft;
  }
}
