package dev.coffer.transparency.text;

/**
 * Something from outside was not accepted, and nothing changed. The message names the rule, never
 * the content. The one checked exception of this module.
 */
public final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final RefusalCode code;
  private final String what;

  /**
   * @param what a constant phrase that names the field or rule; never input, never key material
   */
  public Refused(RefusalCode code, String what) {
    super(code.number() + " " + code + ": " + what);
    this.code = code;
    this.what = what;
  }

  /** The stable code. */
  public RefusalCode code() {
    return code;
  }

  /** The phrase that names the field or rule. */
  public String what() {
    return what;
  }
}
