package dev.coffer.evidence;

/**
 * What a check came to.
 *
 * @param why what was compared, and why it came out so: one sentence without its full stop,
 *     printable ASCII
 */
public record Finding(Outcome outcome, String why) {
  /** The three words of an audit. */
  public enum Outcome {
    /** It was checked, and holds. */
    PASS,
    /** It was checked, and does not hold. */
    FAIL,
    /** It could not be checked: nothing is known of it. */
    SKIP
  }

  static Finding pass(String why) {
    return new Finding(Outcome.PASS, why);
  }

  static Finding fail(String why) {
    return new Finding(Outcome.FAIL, why);
  }

  static Finding skip(String why) {
    return new Finding(Outcome.SKIP, why);
  }

  /** Holds or not, for the same comparison. */
  static Finding of(boolean holds, String compared) {
    return holds ? pass(compared) : fail(compared);
  }
}
