package dev.coffer.protocol.outcome;

import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;

/**
 * What became of an operation. Certified by a quorum and shown only to the client (INV-5, INV-10).
 */
public enum OutcomeCode {
  /** Done: started, stored, attempt counted (or free retry), success, deleted. */
  ACCEPTED(1),
  /** seenK is too old or not in the past: nothing counted; take a new id and a new seenK. */
  STALE(2),
  /** RegisterStart under an id that has finished already. */
  REGISTRATION_FINISHED(3),
  /** RegisterFinish without a matching pending start: start again. */
  NOT_PENDING(4),
  /** The authorisation is missing, wrong or not allowed by the settings. */
  NOT_AUTHORISED(5),
  /** A limit above the fleet's maximum, or encapsulations for another number of HSMs. */
  NOT_ACCEPTABLE(6),
  /** There is no registration (never was, or deleted). */
  NOT_REGISTERED(7),
  /** The guesses are used up and the record's secrets are erased (INV-6). */
  EXHAUSTED(8),
  /**
   * Success for an attempt that is not open, or was counted after other ones than its client saw,
   * or with a proof that does not verify: the code was wrong.
   */
  NOT_PROVED(9),
  /**
   * The operation does not open, or names another record than its own: only a faulty or hostile
   * host makes these.
   */
  MALFORMED(10);

  private final int number;

  OutcomeCode(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The code with that number. */
  public static OutcomeCode of(int number) throws Rejected {
    for (OutcomeCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    throw new Rejected(RejectionCode.UNKNOWN_TAG, "outcome code");
  }
}
