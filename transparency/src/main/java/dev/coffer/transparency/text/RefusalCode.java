package dev.coffer.transparency.text;

/** Why text or a proof from outside was not accepted. Numbers are stable: they are metrics. */
public enum RefusalCode {
  /** Longer, or more of it, than this module reads. */
  TOO_LARGE(601),
  /** Not of the format. */
  MALFORMED(602),
  /** A second way to write the same thing: leading zeros, loose base64. */
  NOT_CANONICAL(603),
  /** Octets that are not UTF-8, a control character, a byte order mark. */
  BAD_TEXT(604),
  /** Well formed, but of a kind that this version does not know. */
  UNSUPPORTED(605),
  /** No line of the note is by a key that counts. */
  UNKNOWN_SIGNER(611),
  /** A line names a known key, and its signature does not hold. */
  BAD_SIGNATURE(612),
  /** A Merkle proof that does not lead to the root. */
  BAD_PROOF(613),
  /** A checkpoint of another log than its signer's. */
  WRONG_ORIGIN(614),
  /** Too few distinct keys signed. */
  NO_QUORUM(615),
  /** Does not follow from what came before: a version, an epoch, a hash, a state. */
  OUT_OF_SEQUENCE(616);

  private final int number;

  RefusalCode(int number) {
    this.number = number;
  }

  /** The stable number. */
  public int number() {
    return number;
  }
}
