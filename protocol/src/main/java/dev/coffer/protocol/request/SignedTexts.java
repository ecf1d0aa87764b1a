package dev.coffer.protocol.request;

import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetId;

/**
 * The octets behind every proof a client gives: one named statement each, so that none can stand
 * for another.
 */
public final class SignedTexts {
  private SignedTexts() {}

  /**
   * By the old ownerKey: this request, with whatever it names, may replace the registration of
   * {@code oldGeneration}. The hash covers what the other fields leave out, seenK above all: else a
   * corrupted admitting HSM could put a held-back proof under a newer one and undo the STALE rule.
   */
  public static Bytes ownerReplace(long oldGeneration, Request.RegisterFinish request) {
    return Label.OWNER_REPLACE
        .tuple()
        .field(request.header().subject().encode())
        .field(oldGeneration)
        .field(request.registration().id().value())
        .field(request.k())
        .field(request.position())
        .field(request.registration().hash())
        .field(request.bare().hash().value())
        .toBytes();
  }

  /** By the ownerKey: this request, with whatever it names, may delete its generation. */
  public static Bytes ownerDelete(Request.Delete request) {
    return Label.OWNER_DELETE
        .tuple()
        .field(request.header().subject().encode())
        .field(request.generation())
        .field(request.bare().hash().value())
        .toBytes();
  }

  /**
   * By authKey: the code of this attempt was right, where it was counted under that number after
   * exactly the attempts that {@code trailBefore} stands for.
   */
  public static Bytes recoveryProof(
      Subject subject,
      long generation,
      AttemptId id,
      long attemptNumber,
      RequestHash attemptRequest,
      Bytes trailBefore) {
    return Label.RECOVERY_PROOF
        .tuple()
        .field(subject.encode())
        .field(generation)
        .field(id.value())
        .field(attemptNumber)
        .field(attemptRequest.value())
        .field(trailBefore)
        .toBytes();
  }

  /**
   * By the login's device key: this login authorises exactly this request. It covers the hash of
   * {@link Request#bare}.
   */
  public static Bytes loginAuthorisation(FleetId fleetId, Request request, Bytes tokenHash) {
    return Label.LOGIN_AUTHORISATION
        .tuple()
        .field(fleetId.value())
        .field(request.bare().hash().value())
        .field(tokenHash)
        .toBytes();
  }

  /** The 32-octet tag that names an attempt: everything that decides what is evaluated. */
  public static Bytes attemptTag(
      Subject subject, long generation, AttemptId id, RequestHash request) {
    return Hashes.sha256(
        Label.ATTEMPT_TAG
            .tuple()
            .field(subject.encode())
            .field(generation)
            .field(id.value())
            .field(request.value()));
  }

  /**
   * An account's trail once the attempt with that tag is counted: it names every attempt that the
   * account has ever counted, in order, so that on two chains with one trail the very same guesses
   * were made. 32 octets; zeros before the first.
   */
  public static Bytes attemptTrail(Bytes before, Bytes tag) {
    return Hashes.sha256(Label.ATTEMPT_TRAIL.tuple().field(before).field(tag));
  }
}
