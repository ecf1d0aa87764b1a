package dev.coffer.protocol.request;

import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;

/** The five operations. The number is on the wire, visible to hosts. */
public enum RequestType {
  REGISTER_START(1, Limits.REQUEST_SMALL),
  REGISTER_FINISH(2, Limits.REQUEST_LARGE),
  ATTEMPT(3, Limits.REQUEST_SMALL),
  SUCCESS(4, Limits.REQUEST_SMALL),
  DELETE(5, Limits.REQUEST_LARGE);

  private final int number;
  private final int paddedSize;

  RequestType(int number, int paddedSize) {
    this.number = number;
    this.paddedSize = paddedSize;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** Octets of the padded plaintext, which depends on the type alone (INV-10). */
  public int paddedSize() {
    return paddedSize;
  }

  /** The type with that number. */
  public static RequestType of(int number) throws Rejected {
    for (RequestType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw new Rejected(RejectionCode.UNKNOWN_TAG, "request type");
  }
}
