package dev.coffer.client.exchange;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.request.RequestType;

/**
 * The second half of a recovery: the Success that is sent in every case, and what is told once its
 * outcome is certified. Both kinds are kept before the first sending, repeated octet for octet and
 * dropped on the same occasions. A host that holds the message back would otherwise see from what
 * the client sends next whether the code was right (INV-10).
 */
public sealed interface SecondMessage {
  /** The request: of one size, whatever it stands for. */
  OpenRequest success();

  /**
   * The code was right.
   *
   * @param evaluated the combined evaluation, 32 octets: with the code it gives every key again
   * @param payload of the certified attempt
   * @param registrationHash of the certified attempt
   * @param guessesUsed since the last success, this attempt's own included, 1 to 10
   */
  record Proof(
      Bytes evaluated,
      AttemptPayload payload,
      Bytes registrationHash,
      int guessesUsed,
      OpenRequest success)
      implements SecondMessage {
    @Override
    public String toString() {
      return "Proof[redacted]";
    }
  }

  /**
   * Nothing is proved: the Success holds random octets. Neither the evaluation nor anything of the
   * stretched code is kept with it.
   *
   * @param finding what the certified attempt amounted to
   */
  record Pretence(Finding finding, OpenRequest success) implements SecondMessage {
    @Override
    public String toString() {
      return "Pretence[redacted]";
    }
  }

  /**
   * Appends the encoding, contexts included: secret. The tag is 1 for a proof, as in the first
   * version of what is kept, 2 for a pretence.
   */
  static void write(SecondMessage second, CanonicalWriter out) {
    if (second instanceof Proof proof) {
      out.u8(1).raw(proof.evaluated()).string(proof.payload().encode());
      out.raw(proof.registrationHash()).u8(proof.guessesUsed());
    } else {
      Finding.write(((Pretence) second).finding(), out.u8(2));
    }
    second.success().write(out);
  }

  /** Reads what {@link #write} wrote after the tag. */
  static SecondMessage read(int tag, CanonicalReader in) throws Rejected {
    if (tag == 1) {
      Bytes evaluated = in.raw(Limits.DIGEST);
      AttemptPayload payload = AttemptPayload.decode(in.string(Limits.PAYLOAD_MAX, "payload"));
      Bytes registrationHash = in.raw(Limits.DIGEST);
      int guessesUsed = in.number(1, Limits.GUESSES_MAX, in.u8(), "guesses used");
      return new Proof(evaluated, payload, registrationHash, guessesUsed, success(in));
    }
    if (tag == 2) {
      return new Pretence(Finding.read(in), success(in));
    }
    throw new Rejected(RejectionCode.NOT_CANONICAL, "second message");
  }

  private static OpenRequest success(CanonicalReader in) throws Rejected {
    OpenRequest success = OpenRequest.read(in);
    PendingRecovery.require(success, RequestType.SUCCESS);
    return success;
  }
}
