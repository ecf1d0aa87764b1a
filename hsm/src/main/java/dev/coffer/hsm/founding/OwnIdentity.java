package dev.coffer.hsm.founding;

import dev.coffer.hsm.platform.Platform;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;

/**
 * The private half of an HSM's identity, and its attestation: what its platform says it is worth,
 * and a signature that proves possession of the statement key.
 */
final class OwnIdentity {
  private final SecretBytes statementSeed;
  private final SecretBytes sessionKey;

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

  /** The public half, as {@code platform} attests it. */
  HsmIdentity describe(Platform platform) {
    HsmIdentity bare =
        new HsmIdentity(
            Ed25519.publicKey(statementSeed),
            X25519.publicKey(sessionKey),
            platform.model(),
            platform.measurement(),
            Bytes.EMPTY);
    Bytes evidence = platform.evidence(bare.attestedText().toBytes());
    Bytes signature = Ed25519.sign(statementSeed, bare.signedText(evidence));
    return bare.attesting(evidence.concat(signature));
  }

  /** Returns if {@code peer} attests the program of {@code own}: its own word, and signed. */
  static void check(HsmIdentity own, HsmIdentity peer) throws Rejected {
    boolean attests =
        peer.evidence()
            .filter(evidence ->
                (peer.simulated() && evidence.equals(HsmPromises.SIMULATED))
                    || HsmPromises.read(evidence).isPresent())
            .isPresent();
    if (!attests || !peer.measurement().equals(own.measurement())) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "a peer attests another program, or nothing");
    }
  }

  @Override
  public String toString() {
    return "OwnIdentity[redacted]";
  }
}
