package dev.coffer.client.secret;

/** A typed code that cannot be one. Costs no guess: it never left the device. */
public final class UnacceptableCode extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong with it. */
  public enum Problem {
    /** Nothing was typed. */
    EMPTY("Type the recovery code."),
    /** Fewer than {@link RecoveryCode#LENGTH_MIN} characters. */
    TOO_SHORT("The recovery code has at least " + RecoveryCode.LENGTH_MIN + " characters."),
    /** More than {@link RecoveryCode#LENGTH_MAX} characters. */
    TOO_LONG("The recovery code has at most " + RecoveryCode.LENGTH_MAX + " characters."),
    /** U+FFFD: an octet that whoever read the code could not decode. */
    NOT_DECODED(
        "The recovery code has octets that are no text in the encoding it was read with. Set the terminal and"
            + " its locale to UTF-8 (LC_ALL=C.UTF-8), or save the code's file as UTF-8."),
    /** A character of a newer Unicode than every device knows, in a code that is being set. */
    TOO_NEW_CHARACTER(
        "The new recovery code has a character that older devices do not know. Use another one."),
    /** A character that RFC 8264's FreeformClass does not allow. */
    FORBIDDEN_CHARACTER(
        "The recovery code has a character that cannot be typed alike on every device (a control,"
            + " invisible or unknown one). Use letters, digits, spaces and punctuation.");

    private final String next;

    Problem(String next) {
      this.next = next;
    }

    /** A sentence for the user. */
    public String whatToDoNext() {
      return next;
    }
  }

  private final Problem problem;

  UnacceptableCode(Problem problem) {
    super(problem.whatToDoNext());
    this.problem = problem;
  }

  /** What is wrong with it. */
  public Problem problem() {
    return problem;
  }
}
