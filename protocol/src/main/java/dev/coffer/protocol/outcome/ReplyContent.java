package dev.coffer.protocol.outcome;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.Optional;

/**
 * What one HSM seals to the client. Holds secrets of the account, hence the redacted text.
 *
 * @param blind opens the outcome's leaf, 32 octets
 * @param partial this HSM's evaluation, 32 octets, where the outcome grants one
 * @param payload at most 384 octets, empty where the outcome grants none
 */
public record ReplyContent(Outcome outcome, Bytes blind, Optional<Bytes> partial, Bytes payload) {
  /** Padded to 640 octets whatever it says (INV-10). */
  public Bytes pad() {
    CanonicalWriter out =
        new CanonicalWriter().raw(outcome.encode()).raw(blind).bool(partial.isPresent());
    out.raw(partial.orElse(Bytes.zeros(Limits.DIGEST))).string(payload);
    Invariant.check(out.size() <= Limits.REPLY, "a reply fits its padded size");
    return out.raw(Bytes.zeros(Limits.REPLY - out.size())).toBytes();
  }

  /** Undoes {@link #pad}. */
  public static ReplyContent unpad(Bytes padded) throws Rejected {
    return unpad(new CanonicalReader(padded));
  }

  /** Undoes {@link #pad}, and leaves no copy of the whole. */
  static ReplyContent unpad(CanonicalReader in) throws Rejected {
    int size = in.remaining();
    Outcome outcome = Outcome.read(in);
    Bytes blind = in.raw(Limits.DIGEST);
    boolean present = in.bool();
    Bytes partial = in.raw(Limits.DIGEST);
    Bytes payload = in.string(Limits.PAYLOAD_MAX, "payload");
    in.padding();
    in.number(Limits.REPLY, Limits.REPLY, size, "reply size");
    if (!present && !partial.equals(Bytes.zeros(Limits.DIGEST))) {
      throw new Rejected(RejectionCode.NOT_CANONICAL, "absent partial");
    }
    return new ReplyContent(
        outcome, blind, present ? Optional.of(partial) : Optional.empty(), payload);
  }

  @Override
  public String toString() {
    return "ReplyContent[redacted]";
  }
}
