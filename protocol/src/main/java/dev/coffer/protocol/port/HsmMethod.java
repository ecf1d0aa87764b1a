package dev.coffer.protocol.port;

import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;

/** The calls of {@link HsmPort} and {@link FoundingPort} as they are numbered in frames. */
public enum HsmMethod {
  ADMIT(1),
  CAPTURE(2),
  RESTATE(3),
  RELEASE(4),
  ADOPT(5),
  CHALLENGE(6),
  STATUS(7),
  HEAR(8),
  POSITION(9),
  ATTEST(10),
  IDENTIFY(32),
  PROPOSE(33),
  REVEAL(34),
  COMPLETE(35),
  FLEET(36),
  INDEX(37);

  private final int number;

  HsmMethod(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The method with that number. */
  public static HsmMethod of(int number) throws Rejected {
    for (HsmMethod method : values()) {
      if (method.number == number) {
        return method;
      }
    }
    throw new Rejected(RejectionCode.UNKNOWN_TAG, "HSM method");
  }
}
