package dev.coffer.protocol.codec;

/**
 * Input from outside was refused and nothing changed. The message names the field, never its
 * content. The one checked exception of this module and of {@code hsm}.
 */
public final class Rejected extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectionCode code;
  private final String what;

  /**
   * @param what a constant phrase that names the field or rule, and at most the number of an HSM;
   *     never input, never key material
   */
  public Rejected(RejectionCode code, String what) {
    super(code.number() + " " + code + ": " + what);
    this.code = code;
    this.what = what;
  }

  /** The stable code. */
  public RejectionCode code() {
    return code;
  }

  /** The phrase that names the field or rule. */
  public String what() {
    return what;
  }
}
