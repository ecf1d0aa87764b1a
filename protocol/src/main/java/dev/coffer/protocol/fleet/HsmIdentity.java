package dev.coffer.protocol.fleet;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import java.util.Optional;

/**
 * The public half of one HSM, made inside it at the founding.
 *
 * @param statementKey Ed25519, 32 octets
 * @param sessionKey X25519, 32 octets
 * @param model what it is; contains {@code SIMULATED} for every software HSM
 * @param measurement digest of the program it runs, 32 octets
 * @param attestation evidence for all of the above, at most 2,048 octets; format by model
 */
public record HsmIdentity(
    Bytes statementKey, Bytes sessionKey, String model, Bytes measurement, Bytes attestation) {
  /** Whether this HSM protects nothing against its host. */
  public boolean simulated() {
    return model.contains("SIMULATED");
  }

  /** What an attestation is about: everything else here. A fresh tuple to go on with. */
  public CanonicalWriter attestedText() {
    return Label.ATTESTATION
        .tuple()
        .field(statementKey)
        .field(sessionKey)
        .field(model)
        .field(measurement);
  }

  /** What its statement key signs: {@code evidence} too, but there is none on plain files. */
  public Bytes signedText(Bytes evidence) {
    return evidence.equals(HsmPromises.SIMULATED)
        ? attestedText().toBytes()
        : attestedText().field(evidence).toBytes();
  }

  /** What stands in its attestation before its signature; empty unless that holds. */
  public Optional<Bytes> evidence() {
    int size = attestation.size() - Limits.SIGNATURE;
    if (size < 0) {
      return Optional.empty();
    }
    Bytes evidence = attestation.slice(0, size);
    Bytes signature = attestation.slice(size, attestation.size());
    return Ed25519.verify(statementKey, signedText(evidence), signature)
        ? Optional.of(evidence)
        : Optional.empty();
  }

  /** The same with this attestation. */
  public HsmIdentity attesting(Bytes other) {
    return new HsmIdentity(statementKey, sessionKey, model, measurement, other);
  }

  /** Appends the canonical encoding. */
  public void write(CanonicalWriter out) {
    out.raw(statementKey).raw(sessionKey).string(model).raw(measurement).string(attestation);
  }

  /** Reads what {@link #write} wrote. */
  public static HsmIdentity read(CanonicalReader in) throws Rejected {
    Bytes statementKey = in.raw(Limits.DIGEST);
    Bytes sessionKey = in.raw(Limits.DIGEST);
    String model = in.text(Limits.MODEL_MAX, "model");
    Bytes measurement = in.raw(Limits.DIGEST);
    return new HsmIdentity(
        statementKey,
        sessionKey,
        model,
        measurement,
        in.string(Limits.ATTESTATION_MAX, "attestation"));
  }
}
