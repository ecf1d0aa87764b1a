package dev.coffer.ceremony.plan;

/**
 * The ceremony does not go on, and nothing was changed by what was refused. Carries one sentence
 * that says what is wrong, and one that says what to do next. Neither holds a secret: there is none
 * here.
 */
public final class CeremonyRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final String next;

  /**
   * @param what what is wrong, one sentence
   * @param next what to do next, one sentence
   */
  public CeremonyRefused(String what, String next) {
    super(what);
    this.what = what;
    this.next = next;
  }

  /** What is wrong. */
  public String what() {
    return what;
  }

  /** What to do next. */
  public String next() {
    return next;
  }
}
