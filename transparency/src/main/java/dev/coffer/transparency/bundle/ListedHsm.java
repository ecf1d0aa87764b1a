package dev.coffer.transparency.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.HsmIdentity;

/**
 * One HSM as a bundle lists it.
 *
 * @param site where it stands: a word of letters, digits, dot, underscore and hyphen, at most 64
 * @param model what it is, spaces written as hyphens; contains {@code SIMULATED} for software
 * @param attestation SHA-256 of its attestation, 32 octets
 * @param sessionKey X25519, 32 octets
 * @param statementKey Ed25519, 32 octets
 */
public record ListedHsm(
    String site, String model, Bytes attestation, Bytes sessionKey, Bytes statementKey) {
  /** How a bundle lists {@code hsm}. */
  public static ListedHsm of(HsmIdentity hsm, String site) {
    return new ListedHsm(
        site,
        Words.of(hsm.model()),
        Hashes.sha256(hsm.attestation()),
        hsm.sessionKey(),
        hsm.statementKey());
  }

  /** Whether this line describes {@code hsm}: every key, the model, the attestation. */
  public boolean describes(HsmIdentity hsm) {
    return equals(of(hsm, site));
  }
}
