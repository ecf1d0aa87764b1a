package dev.coffer.hsm.founding;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.nio.charset.StandardCharsets;

/**
 * The private half of an HSM's identity, and the attestation of the SIMULATED model: a sentence
 * that says what it is worth, and a signature that proves possession of the statement key. Hardware
 * models put their vendor's evidence there instead.
 */
final class OwnIdentity {
  private static final Bytes DISCLAIMER =
      Bytes.wrap(
          "SIMULATED: no hardware vouches for this HSM\n".getBytes(StandardCharsets.US_ASCII));

  private final SecretBytes statementSeed;
  private final SecretBytes sessionKey;

  /**
   * @param statementSeed Ed25519 seed
   * @param sessionKey X25519 private key
   */
  OwnIdentity(SecretBytes statementSeed, SecretBytes sessionKey) {
    this.statementSeed = statementSeed;
    this.sessionKey = sessionKey;
  }

  static OwnIdentity make(Randomness randomness) {
    return new OwnIdentity(
        SecretBytes.random(randomness, Limits.DIGEST),
        SecretBytes.random(randomness, Limits.DIGEST));
  }

  /** Ed25519 seed. */
  SecretBytes statementSeed() {
    return statementSeed;
  }

  /** X25519 private key. */
  SecretBytes sessionKey() {
    return sessionKey;
  }

  /** The public half. */
  HsmIdentity describe(String model, Bytes measurement) {
    Bytes statementKey = Ed25519.publicKey(statementSeed);
    Bytes publicSessionKey = X25519.publicKey(sessionKey);
    Bytes signature =
        Ed25519.sign(statementSeed, attested(statementKey, publicSessionKey, model, measurement));
    return new HsmIdentity(
        statementKey, publicSessionKey, model, measurement, DISCLAIMER.concat(signature));
  }

  private static Bytes attested(
      Bytes statementKey, Bytes sessionKey, String model, Bytes measurement) {
    return Label.ATTESTATION
        .tuple()
        .field(statementKey)
        .field(sessionKey)
        .field(model)
        .field(measurement)
        .toBytes();
  }

  /** Returns if {@code peer} attests the same program on the same kind of HSM as {@code own}. */
  static void check(HsmIdentity own, HsmIdentity peer) throws Rejected {
    Bytes text = attested(peer.statementKey(), peer.sessionKey(), peer.model(), peer.measurement());
    int size = peer.attestation().size();
    boolean attests =
        size == DISCLAIMER.size() + Limits.SIGNATURE
            && peer.attestation().slice(0, DISCLAIMER.size()).equals(DISCLAIMER)
            && Ed25519.verify(
                peer.statementKey(), text, peer.attestation().slice(DISCLAIMER.size(), size));
    if (!attests
        || !peer.measurement().equals(own.measurement())
        || !peer.model().equals(own.model())) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "a peer attests another program or model");
    }
  }

  @Override
  public String toString() {
    return "OwnIdentity[redacted]";
  }
}
