package dev.coffer.protocol.request;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginAssertion;

/**
 * The body of {@code POST /v1/vault}: a request sealed to the admitting HSM, with the login that
 * vouches for it. Sealed afresh for every sending, retries included.
 *
 * @param sealed HPKE encapsulation ‖ ciphertext of the padded request; its size follows from the
 *     type
 */
public record SealedMessage(
    RequestType type, int admittingIndex, Bytes sealed, LoginAssertion assertion) {
  private static final int VERSION = 2;

  /** The sealed part for HSM {@code index}. */
  public static Bytes seal(Randomness randomness, Fleet fleet, int index, Request request)
      throws Rejected {
    try (SecretBytes plaintext = SecretBytes.copyOf(request.pad())) {
      return Hpke.seal(
          randomness,
          fleet.hsm(index).sessionKey(),
          info(fleet.id(), index, request.type()),
          Bytes.EMPTY,
          plaintext);
    }
  }

  /** Opens the sealed part with the session key of the HSM it is addressed to. */
  public Request open(FleetId fleetId, SecretBytes sessionPrivateKey) throws Rejected {
    try (SecretBytes plaintext =
        Hpke.open(sessionPrivateKey, info(fleetId, admittingIndex, type), Bytes.EMPTY, sealed)) {
      Request request = plaintext.parse(Request::unpad);
      if (request.type() != type) {
        throw new Rejected(RejectionCode.NOT_CANONICAL, "request type");
      }
      return request;
    }
  }

  private static Bytes info(FleetId fleetId, int index, RequestType type) {
    return Label.REQUEST_SEAL
        .tuple()
        .field(fleetId.value())
        .field(index)
        .field(type.number())
        .toBytes();
  }

  /** H(sealed message), which the device key signs. */
  public static Bytes sealedHash(RequestType type, int admittingIndex, Bytes sealed) {
    return Hashes.sha256(
        Label.SEALED_MESSAGE_HASH.tuple().field(type.number()).field(admittingIndex).field(sealed));
  }

  /** The canonical encoding. */
  public Bytes encode() {
    CanonicalWriter out =
        new CanonicalWriter().u8(VERSION).u8(type.number()).u8(admittingIndex).raw(sealed);
    assertion.write(out);
    return out.toBytes();
  }

  /** Decodes {@link #encode}; the body is at most 8 KiB. */
  public static SealedMessage decode(Bytes body) throws Rejected {
    if (body.size() > Limits.BODY_MAX) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "body");
    }
    CanonicalReader in = new CanonicalReader(body);
    in.number(VERSION, VERSION, in.u8(), "version");
    RequestType type = RequestType.of(in.u8());
    int index = in.number(1, Limits.HSMS_MAX, in.u8(), "HSM index");
    Bytes sealed = in.raw(Hpke.ENCAPSULATION + type.paddedSize() + Aead.TAG);
    LoginAssertion assertion = LoginAssertion.read(in);
    in.end();
    return new SealedMessage(type, index, sealed, assertion);
  }
}
