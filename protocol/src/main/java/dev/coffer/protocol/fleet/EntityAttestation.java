package dev.coffer.protocol.fleet;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CborWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hashes;
import java.nio.charset.StandardCharsets;

/**
 * What a founded HSM says of itself when it is asked: the claims of an Entity Attestation Token
 * (RFC 9711), which it signs as COSE_Sign1 with its statement key (PROTOCOL.md §12.7).
 *
 * <p><b>Not guaranteed:</b> that any of it is true. It is the HSM's own word under its own key, as
 * its attestation is.
 *
 * @param nonce what it was asked with, {@link #NONCE} octets
 * @param model what it is now, as its port says
 * @param measurement of the program that runs now, 32 octets
 * @param debugged whether somebody can look into that program now
 * @param fleet the fleet it was founded with
 * @param index its place there, from 1
 * @param statementKey Ed25519, 32 octets
 * @param sessionKey X25519, 32 octets
 * @param promises {@link HsmPromises#words}
 * @param keyAttributes what its port reads of the key that seals its own, at most {@link
 *     #ATTRIBUTES_MAX} characters of ASCII; empty if it has nothing to read
 */
public record EntityAttestation(
    Bytes nonce,
    String model,
    Bytes measurement,
    boolean debugged,
    FleetId fleet,
    int index,
    Bytes statementKey,
    Bytes sessionKey,
    String promises,
    String keyAttributes) {
  /** Octets of a nonce: the most that RFC 9711 has. */
  public static final int NONCE = 64;

  /** Octets of the largest token. */
  public static final int TOKEN_MAX = 1024;

  /** Characters of the longest key attributes. */
  public static final int ATTRIBUTES_MAX = 200;

  /** Of a key that a PKCS#11 token made and never shows (PKCS#11 3.1, section 4). */
  public static final String TOKEN_KEY =
      "CKA_LOCAL=1 CKA_SENSITIVE=1 CKA_ALWAYS_SENSITIVE=1 CKA_EXTRACTABLE=0"
          + " CKA_NEVER_EXTRACTABLE=1";

  /** Of an object that one TPM alone opens (TPM 2.0 Library, Part 2, section 8.3). */
  public static final String TPM_KEY = "fixedTPM=1 fixedParent=1 userWithAuth=0";

  /** Octets of the largest hwmodel of RFC 9711. */
  private static final int HWMODEL_MAX = 32;

  /** What its claims are called that RFC 9711 has no name for. */
  public static final String PROFILE = "urn:coffer:eat:v1";

  /** What the machine says that an HSM runs in, as the parameters of the same names. */
  public record Device(String model, Bytes measurement, boolean debugged, String keyAttributes) {}

  /**
   * Of member {@code index} of {@code fleet}, which runs in {@code now}.
   *
   * @throws Rejected OUT_OF_RANGE for a nonce of another size
   */
  public static EntityAttestation of(Fleet fleet, int index, Bytes nonce, Device now)
      throws Rejected {
    if (nonce.size() != NONCE) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "nonce");
    }
    HsmIdentity founded = fleet.hsm(index);
    return new EntityAttestation(
        nonce,
        now.model(),
        now.measurement(),
        now.debugged(),
        fleet.id(),
        index,
        founded.statementKey(),
        founded.sessionKey(),
        HsmPromises.of(founded).words(),
        now.keyAttributes());
  }

  /** A model as hwmodel: its octets, or their SHA-256 if they are more than 32. */
  public static Bytes hwmodel(String model) {
    Bytes octets = Bytes.wrap(model.getBytes(StandardCharsets.UTF_8));
    return octets.size() > HWMODEL_MAX ? Hashes.sha256(octets) : octets;
  }

  /** The claims as a map of CBOR, its keys in the order of RFC 8949 §4.2.1. */
  public Bytes encode() {
    CborWriter out = new CborWriter().map(11);
    // cnf (RFC 8747) with a COSE_Key: OKP, Ed25519.
    out.number(8).map(1).number(1).map(3).number(1).number(1);
    out.number(-1).number(6).number(-2).octets(statementKey);
    out.number(10).octets(nonce);
    out.number(259).octets(hwmodel(model));
    // dbgstat: enabled, or disabled for now. Nobody on a host can say more.
    out.number(263).number(debugged ? 0 : 1);
    out.number(265).text(PROFILE);
    // measurements: one, application/octet-stream.
    out.number(273).array(1).array(2).number(42).octets(measurement);
    out.text("hsm").number(index);
    out.text("fleet").octets(fleet.value());
    out.text("promises").text(promises);
    out.text("sessionKey").octets(sessionKey);
    return out.text("keyAttributes").text(keyAttributes).toBytes();
  }
}
