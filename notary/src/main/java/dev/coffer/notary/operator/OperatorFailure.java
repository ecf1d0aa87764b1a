package dev.coffer.notary.operator;

/**
 * What was asked cannot be done. Carries one sentence that says what happened, and one that says
 * what to do next. Neither ever contains a key.
 */
public final class OperatorFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** Of what kind it is. */
  public enum Reason {
    /** What was asked for cannot be asked for; nothing was done. */
    USAGE,
    /** Somebody else did not prove what he claims; nothing was signed. */
    UNTRUSTED,
    /** The same again may succeed: somebody has not answered, or not signed yet. */
    TRY_AGAIN,
    /** A file of this machine is missing or damaged. */
    HERE,
    /** Anything else. */
    FAILED
  }

  private final Reason reason;
  private final String what;
  private final String next;

  /**
   * @param what what happened, one sentence
   * @param next what to do next, one sentence
   */
  public OperatorFailure(Reason reason, String what, String next) {
    super(what);
    this.reason = reason;
    this.what = what;
    this.next = next;
  }

  /** Of what kind it is. */
  public Reason reason() {
    return reason;
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
