package dev.coffer.notary.log;

import java.io.IOException;

/** The log has found something that it must not go on with. An operator has to look. */
public final class LogHalted extends IOException {
  private static final long serialVersionUID = 1L;

  /** With a sentence that says what was found, and what to do. */
  public LogHalted(String what) {
    super(what);
  }

  /** With what lies behind it. */
  public LogHalted(String what, Throwable cause) {
    super(what, cause);
  }
}
