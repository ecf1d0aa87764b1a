package dev.coffer.protocol.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An attestation's evidence counts if the statement key signed it, and not otherwise. */
final class HsmIdentityTest {
  private static final SecretBytes SEED = SecretBytes.wrap(new byte[32]);
  private static final Bytes EVIDENCE = Bytes.fromHex("01020304");
  private static final HsmIdentity BARE =
      new HsmIdentity(
          Ed25519.publicKey(SEED), Bytes.zeros(32), "TEST token", Bytes.zeros(32), Bytes.EMPTY);

  private static HsmIdentity signing(Bytes evidence, Bytes text) {
    return BARE.attesting(evidence.concat(Ed25519.sign(SEED, text)));
  }

  @Test
  void signedEvidenceIsRead() {
    assertEquals(Optional.of(EVIDENCE), signing(EVIDENCE, BARE.signedText(EVIDENCE)).evidence());
    assertEquals(
        Optional.of(HsmPromises.SIMULATED),
        signing(HsmPromises.SIMULATED, BARE.attestedText().toBytes()).evidence());
  }

  @Test
  void whatIsNotSignedIsNone() {
    assertEquals(Optional.empty(), BARE.evidence());
    assertEquals(Optional.empty(), BARE.attesting(Bytes.zeros(63)).evidence());
    assertEquals(Optional.empty(), BARE.attesting(EVIDENCE.concat(Bytes.zeros(64))).evidence());
    // Without the evidence, which plain files alone may leave out.
    assertEquals(Optional.empty(), signing(EVIDENCE, BARE.attestedText().toBytes()).evidence());
    HsmIdentity good = signing(EVIDENCE, BARE.signedText(EVIDENCE));
    HsmIdentity other =
        new HsmIdentity(
            good.statementKey(), good.sessionKey(), "TPM", good.measurement(), good.attestation());
    assertEquals(Optional.empty(), other.evidence());
  }
}
