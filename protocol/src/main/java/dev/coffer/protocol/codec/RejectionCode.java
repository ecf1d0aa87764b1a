package dev.coffer.protocol.codec;

/**
 * Why bytes from outside were refused. Numbers are stable: they are metrics, and travel in HSM
 * frames.
 */
public enum RejectionCode {
  /** Shorter than its own description. */
  TRUNCATED(101),
  /** Octets left over after the last field. */
  TRAILING(102),
  /** A length, count or number outside its limit. */
  OUT_OF_RANGE(103),
  /** A second way to write the same thing. */
  NOT_CANONICAL(104),
  /** A tag that names nothing. */
  UNKNOWN_TAG(105),
  /** Text that is not well formed. */
  BAD_TEXT(106),
  /** A group element that is the identity, non-canonical or otherwise not acceptable. */
  BAD_ELEMENT(111),
  /** A scalar that is zero or not reduced. */
  BAD_SCALAR(112),
  /** A signature that does not verify. */
  BAD_SIGNATURE(113),
  /** A ciphertext that does not open. */
  BAD_CIPHERTEXT(114),
  /** A certificate without a quorum of distinct, valid statements. */
  BAD_CERTIFICATE(121),
  /** A Merkle proof that does not lead to the root. */
  BAD_PROOF(122),
  /** A login that is not valid for this subject. */
  BAD_LOGIN(123),
  /** Meant for another fleet, HSM, partition or position. */
  WRONG_ADDRESSEE(124),
  /** Founding messages that do not fit together. */
  BAD_FOUNDING(125),
  /** k is not the next one, or no longer in the ring. */
  NOT_IN_RING(131),
  /** The HSM may not get further ahead of the highest certified k. */
  WINDOW_FULL(132),
  /** After a start: too few other HSMs have been heard. */
  NOT_YET_HEARD(133),
  /** Another chain than the HSM's own: a fork. */
  FORK(134),
  /** The HSM has no fleet yet, or already has one. */
  WRONG_PHASE(135),
  /** Its results are no longer held: send the same request again. */
  NOT_HELD(136);

  private final int number;

  RejectionCode(int number) {
    this.number = number;
  }

  /** The stable number. */
  public int number() {
    return number;
  }

  /** The code with that number. */
  public static RejectionCode of(int number) throws Rejected {
    for (RejectionCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    throw new Rejected(UNKNOWN_TAG, "rejection code");
  }
}
