package dev.coffer.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.CoseSign1;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.FleetId;
import org.junit.jupiter.api.Test;

/** Tokens of HSMs, and every octet of one changed. */
class EntityTokenTest {
  private static final String MODEL = "SIMULATED software HSM, of a name that is long";
  private static final Ed25519.SigningKey KEY =
      new Ed25519.SigningKey(SecretBytes.wrap(new byte[32]));
  private static final EntityAttestation SAID =
      new EntityAttestation(
          Bytes.zeros(64),
          MODEL,
          Bytes.fromHex("33".repeat(32)),
          false,
          new FleetId(Bytes.fromHex("44".repeat(32))),
          3,
          KEY.publicKey(),
          Bytes.fromHex("55".repeat(32)),
          "keys sealed memory unnoticed voucher nobody",
          EntityAttestation.TOKEN_KEY);

  private static Reason refused(Bytes token) {
    return assertThrows(NotAttested.class, () -> EntityToken.verify(token, KEY.publicKey(), MODEL))
        .reason();
  }

  @Test
  void whatWasSaidIsRead() throws Exception {
    Bytes token = CoseSign1.sign(SAID.encode(), KEY);
    assertEquals(SAID, EntityToken.verify(token, KEY.publicKey(), MODEL));
    assertEquals(
        Reason.ABOUT_ANOTHER,
        assertThrows(NotAttested.class, () -> EntityToken.verify(token, KEY.publicKey(), "ACME"))
            .reason());
    assertEquals(
        Reason.BAD_SIGNATURE,
        assertThrows(NotAttested.class, () -> EntityToken.verify(token, Bytes.zeros(32), MODEL))
            .reason());
  }

  @Test
  void noOctetCanBeChangedCutOrAdded() {
    Bytes token = CoseSign1.sign(SAID.encode(), KEY);
    for (int at = 0; at < token.size(); at++) {
      byte[] changed = token.toByteArray();
      changed[at] ^= 1;
      refused(Bytes.wrap(changed));
      assertEquals(Reason.MALFORMED, refused(token.slice(0, at)));
    }
    assertEquals(Reason.MALFORMED, refused(token.concat(Bytes.zeros(1))));
  }

  /** What a key signed is still no token if it is not in the one form. */
  @Test
  void claimsHaveOneForm() {
    Bytes claims = SAID.encode();
    String other = claims.hex().replace("19010701", "19010702");
    assertEquals(Reason.MALFORMED, refused(CoseSign1.sign(Bytes.fromHex(other), KEY)));
    assertEquals(Reason.MALFORMED, refused(CoseSign1.sign(claims.concat(Bytes.zeros(1)), KEY)));
    assertEquals(Reason.MALFORMED, refused(CoseSign1.sign(Bytes.EMPTY, KEY)));
  }
}
