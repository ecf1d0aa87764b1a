package dev.coffer.attestation;

/** Hardware did not say that, or not of a program that keeps secrets. */
public final class NotAttested extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why not. */
  public enum Reason {
    /** It is not in the form that its vendor describes. */
    MALFORMED("It is not in the vendor's form."),
    /** Its signature is not by the key that its certificate names. */
    BAD_SIGNATURE("Its signature does not hold."),
    /** Its certificates do not lead to the root that is trusted. */
    WRONG_ROOT("Its certificates do not lead to the trusted root."),
    /** A certificate was not valid at the time that counts. */
    OUT_OF_TIME("A certificate of it was not valid at that time."),
    /** The program can be looked into: its host reads every secret. */
    DEBUG("It speaks of a program in debug mode, whose host reads every secret."),
    /** It speaks of something else: another challenge, another chip. */
    ABOUT_ANOTHER("It speaks of something else than what was asked.");

    private final String meaning;

    Reason(String meaning) {
      this.meaning = meaning;
    }
  }

  NotAttested(Reason reason) {
    super(reason.meaning);
    this.reason = reason;
  }

  NotAttested(Reason reason, Throwable cause) {
    super(reason.meaning, cause);
    this.reason = reason;
  }

  /** Why not. */
  public Reason reason() {
    return reason;
  }
}
