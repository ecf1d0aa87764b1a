package dev.coffer.client.exchange;

import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;

/**
 * What a certified attempt that opened nothing amounted to. Kept until the second message has its
 * certified outcome too, so that nothing of it is lost however often that takes.
 */
public sealed interface Finding {
  /**
   * At least t+1 HSMs agree on a result that the code does not open.
   *
   * @param guessesLeft after this attempt, 0 to 10
   * @param generation the registration that was tried
   * @param replacedWithoutProof as certified with it
   */
  record Wrong(int guessesLeft, long generation, boolean replacedWithoutProof) implements Finding {}

  /** Not a verdict on the code. The same attempt is repeated later. */
  enum Open implements Finding {
    /** The code opens nothing, but one liar can be the reason. */
    UNCONFIRMED(1),
    /** Fewer than t partial results. */
    TOO_FEW_HSMS(2),
    /** The registration's stretching is not accepted, and the code was not tried. */
    KSF_OUT_OF_POLICY(3),
    /** The payload makes no sense, and the code was not tried. */
    UNEXPECTED_OUTCOME(4);

    private final int tag;

    Open(int tag) {
      this.tag = tag;
    }
  }

  /** Appends the encoding. */
  static void write(Finding finding, CanonicalWriter out) {
    if (finding instanceof Wrong wrong) {
      out.u8(0).u8(wrong.guessesLeft()).u64(wrong.generation()).bool(wrong.replacedWithoutProof());
    } else {
      out.u8(((Open) finding).tag);
    }
  }

  /** Reads what {@link #write} wrote. */
  static Finding read(CanonicalReader in) throws Rejected {
    int tag = in.u8();
    if (tag == 0) {
      int guessesLeft = in.number(0, Limits.GUESSES_MAX, in.u8(), "guesses left");
      return new Wrong(guessesLeft, in.u64(), in.bool());
    }
    for (Open open : Open.values()) {
      if (open.tag == tag) {
        return open;
      }
    }
    throw new Rejected(RejectionCode.NOT_CANONICAL, "finding");
  }
}
