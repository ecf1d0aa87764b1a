package dev.coffer.node.peer;

import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;

/**
 * What one node can ask or tell another. Numbers are stable: nodes of neighbouring versions work
 * together.
 */
public enum PeerMethod {
  /** Asked: let your HSM admit a client's message. */
  ADMIT(1, true),
  /** Asked of the leader: order this operation. */
  SUBMIT(2, true),
  /** Asked: your HSM's status over my HSM's nonce. */
  STATUS(3, true),
  /** Asked: your HSM's replies for positions of a certified entry. */
  RELEASE(4, true),
  /** Asked: the newest certificate of a partition. */
  CERTIFICATE(5, true),
  /** Asked: hashes of entries, for adoption. */
  ENTRY_HASHES(6, true),
  /** Asked: a piece of the certified record tree. */
  SYNC(7, true),
  /** Asked of the leader: exchange my Raft identity for a new one. */
  REJOIN(8, true),
  /** Asked: certificates kept for long absences. */
  CERTIFICATES(9, true),
  /** Asked: how you stand to the order. */
  ORDER(10, true),
  /** Asked: a recent entry as you stored it. */
  ENTRY(11, true),
  /** Told: an HSM's statement. */
  STATEMENT(17, false),
  /** Told: a new certificate. */
  CERTIFIED(18, false),
  /** Told: sealed replies for operations that came in at your node. */
  REPLIES(19, false),
  /** Told: where I stand, several times a second. */
  BEAT(20, false);

  private final int number;
  private final boolean asked;

  PeerMethod(int number, boolean asked) {
    this.number = number;
    this.asked = asked;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** Whether an answer is due. */
  public boolean asked() {
    return asked;
  }

  /** The method with that number. */
  public static PeerMethod of(int number) throws Rejected {
    for (PeerMethod method : values()) {
      if (method.number == number) {
        return method;
      }
    }
    throw new Rejected(RejectionCode.UNKNOWN_TAG, "peer method");
  }
}
