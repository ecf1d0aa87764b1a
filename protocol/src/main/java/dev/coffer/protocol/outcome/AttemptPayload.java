package dev.coffer.protocol.outcome;

import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;

/**
 * What an accepted attempt tells: everything needed to try the code, nothing that opens without it.
 *
 * @param replacedWithoutProof whether the live registration, or one that it goes back to by owners'
 *     proofs, took another's place with the login alone: over a live one, or after its exhaustion
 *     or deletion
 * @param trailBefore the account's trail before this attempt, 32 octets: its success must name it
 */
public record AttemptPayload(
    Bytes authKey,
    KsfParameters ksf,
    int limit,
    Bytes wrappedKeyHash,
    RegistrationId registrationId,
    boolean replacedWithoutProof,
    Bytes trailBefore) {
  /** The canonical encoding. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().raw(authKey);
    ksf.write(out);
    return out.u8(limit)
        .raw(wrappedKeyHash)
        .raw(registrationId.value())
        .bool(replacedWithoutProof)
        .raw(trailBefore)
        .toBytes();
  }

  /** Decodes {@link #encode}. */
  public static AttemptPayload decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    AttemptPayload payload =
        new AttemptPayload(
            in.raw(Limits.DIGEST),
            KsfParameters.read(in),
            in.number(1, Limits.GUESSES_MAX, in.u8(), "limit"),
            in.raw(Limits.DIGEST),
            new RegistrationId(in.raw(Limits.DIGEST)),
            in.bool(),
            in.raw(Limits.DIGEST));
    in.end();
    return payload;
  }

  @Override
  public String toString() {
    return "AttemptPayload[redacted]";
  }
}
