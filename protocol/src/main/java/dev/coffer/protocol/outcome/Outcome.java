package dev.coffer.protocol.outcome;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.RequestType;

/**
 * The certified verdict on one operation (PROTOCOL.md §6.1). 117 octets.
 *
 * @param position its place in the entry, 0 to 255
 * @param type the operation's type; of a malformed operation ATTEMPT, with zero hashes
 * @param generation of the record after the operation
 * @param attemptNumber of the attempt concerned, otherwise of the record
 * @param guessesLeft limit − used after the operation
 * @param registrationHash H(registration) stored after the operation; zeros where there is none
 * @param payloadHash hash of the payload that travels in the replies
 */
public record Outcome(
    int position,
    RequestType type,
    RequestHash request,
    OutcomeCode code,
    long generation,
    long attemptNumber,
    int guessesLeft,
    Bytes registrationHash,
    Bytes payloadHash) {
  /** Octets of {@link #encode}. */
  public static final int SIZE = 2 + 1 + 32 + 1 + 8 + 8 + 1 + 32 + 32;

  /** Of an operation that no rule looks at. */
  public static Outcome malformed(int position) {
    Bytes zeros = Bytes.zeros(Limits.DIGEST);
    RequestHash none = new RequestHash(zeros);
    return new Outcome(
        position, RequestType.ATTEMPT, none, OutcomeCode.MALFORMED, 0, 0, 0, zeros, zeros);
  }

  /** The hash of a payload, 32 octets. */
  public static Bytes payloadHash(Bytes payload) {
    return Hashes.sha256(Label.PAYLOAD_HASH.tuple().field(payload));
  }

  /** The canonical encoding. */
  public Bytes encode() {
    return new CanonicalWriter()
        .u16(position)
        .u8(type.number())
        .raw(request.value())
        .u8(code.number())
        .u64(generation)
        .u64(attemptNumber)
        .u8(guessesLeft)
        .raw(registrationHash)
        .raw(payloadHash)
        .toBytes();
  }

  /** Reads {@link #encode} as part of a larger encoding. */
  public static Outcome read(CanonicalReader in) throws Rejected {
    return new Outcome(
        in.number(0, Limits.OPERATIONS_MAX - 1, in.u16(), "position"),
        RequestType.of(in.u8()),
        new RequestHash(in.raw(Limits.DIGEST)),
        OutcomeCode.of(in.u8()),
        in.u64(),
        in.u64(),
        in.number(0, Limits.GUESSES_MAX, in.u8(), "guesses left"),
        in.raw(Limits.DIGEST),
        in.raw(Limits.DIGEST));
  }

  /** The leaf: H(0x00 ‖ label ‖ blind ‖ outcome). The blind (32 octets) hides it from hosts. */
  public Bytes leaf(Bytes blind) {
    return Hashes.sha256(
        new CanonicalWriter().u8(0).field(Label.OUTCOME_LEAF.text()).field(blind).field(encode()));
  }
}
