package dev.coffer.protocol.request;

import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.Registration;
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

  /** By the old ownerKey: this registration may replace the one of {@code oldGeneration}. */
  public static Bytes ownerReplace(
      Subject subject, long oldGeneration, long k, int position, Registration registration) {
    return Label.OWNER_REPLACE
        .tuple()
        .field(subject.encode())
        .field(oldGeneration)
        .field(registration.id().value())
        .field(k)
        .field(position)
        .field(registration.hash())
        .toBytes();
  }

  /** By the ownerKey: the registration of {@code generation} may be deleted. */
  public static Bytes ownerDelete(Subject subject, long generation) {
    return Label.OWNER_DELETE.tuple().field(subject.encode()).field(generation).toBytes();
  }

  /** By authKey: the code of this attempt was right. */
  public static Bytes recoveryProof(
      Subject subject,
      long generation,
      AttemptId id,
      long attemptNumber,
      RequestHash attemptRequest) {
    return Label.RECOVERY_PROOF
        .tuple()
        .field(subject.encode())
        .field(generation)
        .field(id.value())
        .field(attemptNumber)
        .field(attemptRequest.value())
        .toBytes();
  }

  /**
   * By the login's device key: this login authorises exactly this request. {@code request} is
   * hashed with its authorisation replaced by {@link Authorisation.None}.
   */
  public static Bytes loginAuthorisation(FleetId fleetId, Request request, Bytes tokenHash) {
    Request bare;
    if (request instanceof Request.RegisterFinish f) {
      bare =
          new Request.RegisterFinish(
              f.header(), f.k(), f.position(), f.registration(), new Authorisation.None());
    } else if (request instanceof Request.Delete d) {
      bare = new Request.Delete(d.header(), d.generation(), new Authorisation.None());
    } else {
      bare = request;
    }
    return Label.LOGIN_AUTHORISATION
        .tuple()
        .field(fleetId.value())
        .field(bare.hash().value())
        .field(tokenHash)
        .toBytes();
  }

  /** The 32-octet tag by which an open attempt is known again. */
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
}
