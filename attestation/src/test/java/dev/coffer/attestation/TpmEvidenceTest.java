package dev.coffer.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The evidence of an HSM on a swtpm, and every octet of it changed by whoever has the HSM's key.
 */
class TpmEvidenceTest {
  private static final SecretBytes SEED = SecretBytes.copyOf(Bytes.fromHex("11".repeat(32)));

  private HsmIdentity hsm;
  private Bytes evidence;

  @BeforeEach
  void read() throws Exception {
    try (InputStream in = getClass().getResourceAsStream("/vectors/swtpm_identity.hex")) {
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
      hsm = HsmIdentity.read(new CanonicalReader(Bytes.fromHex(hex)));
    }
    evidence = hsm.attestation().slice(0, hsm.attestation().size() - 64);
  }

  /** The HSM says that instead, and signs it. */
  private HsmIdentity saying(Bytes other) {
    Bytes signed = hsm.attestedText().field(other).toBytes();
    return hsm.attesting(other.concat(Ed25519.sign(SEED, signed)));
  }

  private static void refused(Reason reason, HsmIdentity by) {
    assertEquals(reason, assertThrows(NotAttested.class, () -> TpmEvidence.verify(by)).reason());
  }

  @Test
  void theQuoteIsReadAndVerified() throws Exception {
    TpmEvidence read = TpmEvidence.verify(hsm);
    assertEquals(read, TpmEvidence.verify(saying(evidence)));
    // A machine that has measured nothing: PCRs 0, 2, 4 and 7 are zeros.
    assertEquals(Bytes.fromHex("00000001000b03950000"), read.selection());
    assertEquals(Hashes.sha256(Bytes.zeros(4 * 32)), read.pcrDigest());
    assertEquals(64, read.key().size());
  }

  @Test
  void noOctetOfTheTpmsWordMayBeAnother() {
    int promises = HsmPromises.of(hsm).write().size();
    for (int at = promises; at < evidence.size(); at++) {
      byte[] changed = evidence.toByteArray();
      changed[at] ^= 1;
      HsmIdentity liar = saying(Bytes.wrap(changed));
      assertThrows(NotAttested.class, () -> TpmEvidence.verify(liar), "octet " + at);
    }
    for (int size = promises; size < evidence.size(); size++) {
      refused(Reason.MALFORMED, saying(evidence.slice(0, size)));
    }
    refused(Reason.MALFORMED, saying(evidence.concat(Bytes.zeros(1))));
  }

  @Test
  void theWordIsAboutThisHsmAndSignedByIt() {
    byte[] octets = hsm.attestation().toByteArray();
    octets[octets.length - 1] ^= 1;
    refused(Reason.BAD_SIGNATURE, hsm.attesting(Bytes.wrap(octets)));
    HsmIdentity renamed =
        new HsmIdentity(
            hsm.statementKey(), hsm.sessionKey(), "TPM 2.0 ACME", hsm.measurement(), Bytes.EMPTY);
    Bytes signed = renamed.attestedText().field(evidence).toBytes();
    refused(Reason.ABOUT_ANOTHER, renamed.attesting(evidence.concat(Ed25519.sign(SEED, signed))));
    refused(Reason.MALFORMED, hsm.attesting(HsmPromises.SIMULATED.concat(Bytes.zeros(64))));
    refused(Reason.MALFORMED, hsm.attesting(Bytes.EMPTY));
  }
}
