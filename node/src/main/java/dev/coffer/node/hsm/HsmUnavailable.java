package dev.coffer.node.hsm;

/**
 * No answer from the HSM: not connected, restarting, or slower than the deadline. Whether the call
 * was done is unknown; every call may be repeated with the same arguments. Answer the client {@code
 * TRY_AGAIN}.
 */
public final class HsmUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code why} is a constant phrase. */
  public HsmUnavailable(String why) {
    super("the HSM does not answer: " + why);
  }

  HsmUnavailable(String why, Throwable cause) {
    super("the HSM does not answer: " + why, cause);
  }
}
