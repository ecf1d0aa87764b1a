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
    Bytes signature = Ed25519.sign(statementSeed, signed(bare, evidence));
    return bare.attesting(evidence.concat(signature));
  }

  /** An HSM on plain files has no evidence to be held to. */
  private static Bytes signed(HsmIdentity hsm, Bytes evidence) {
    return evidence.equals(HsmPromises.SIMULATED)
        ? hsm.attestedText().toBytes()
        : hsm.attestedText().field(evidence).toBytes();
  }

  /** Returns if {@code peer} attests the program of {@code own}: its own word, and signed. */
  static void check(HsmIdentity own, HsmIdentity peer) throws Rejected {
    int size = peer.attestation().size() - Limits.SIGNATURE;
    Bytes evidence = size < 0 ? Bytes.EMPTY : peer.attestation().slice(0, size);
    boolean says =
        (peer.simulated() && evidence.equals(HsmPromises.SIMULATED))
            || HsmPromises.read(evidence).isPresent();
    boolean attests =
        says
            && Ed25519.verify(
                peer.statementKey(),
                signed(peer, evidence),
                peer.attestation().slice(size, size + Limits.SIGNATURE));
    if (!attests || !peer.measurement().equals(own.measurement())) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "a peer attests another program, or nothing");
    }
  }

  @Override
  public String toString() {
    return "OwnIdentity[redacted]";
  }
}
