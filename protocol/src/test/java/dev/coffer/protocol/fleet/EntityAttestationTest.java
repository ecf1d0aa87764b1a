package dev.coffer.protocol.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CborWriter;
import dev.coffer.protocol.crypto.CoseSign1;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Octets of a token, put together by hand from RFC 9711, 8747 and 9052. */
class EntityAttestationTest {
  private static final Bytes KEY = Bytes.fromHex("11".repeat(32));
  private static final Bytes NONCE = Bytes.fromHex("22".repeat(64));
  private static final Bytes PROGRAM = Bytes.fromHex("33".repeat(32));
  private static final Bytes FLEET = Bytes.fromHex("44".repeat(32));
  private static final Bytes SESSION = Bytes.fromHex("55".repeat(32));

  private static EntityAttestation said(String model, boolean debugged) {
    return new EntityAttestation(
        NONCE,
        model,
        PROGRAM,
        debugged,
        new FleetId(FLEET),
        3,
        KEY,
        SESSION,
        "keys sealed",
        "CKA_LOCAL=1");
  }

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void claimsAreWhatTheRfcsSay() {
    String expected =
        "ab"
            + ("08a101a3010120062158" + "20" + KEY.hex())
            + ("0a5840" + NONCE.hex())
            + ("19010344" + ascii("ACME").hex())
            + "19010701"
            + ("19010971" + ascii("urn:coffer:eat:v1").hex())
            + ("1901118182182a5820" + PROGRAM.hex())
            + ("63" + ascii("hsm").hex() + "03")
            + ("65" + ascii("fleet").hex() + "5820" + FLEET.hex())
            + ("68" + ascii("promises").hex() + "6b" + ascii("keys sealed").hex())
            + ("6a" + ascii("sessionKey").hex() + "5820" + SESSION.hex())
            + ("6d" + ascii("keyAttributes").hex() + "6b" + ascii("CKA_LOCAL=1").hex());
    assertEquals(expected, said("ACME", false).encode().hex());
    String debugged = said("ACME", true).encode().hex();
    assertEquals(expected.replace("19010701", "19010700"), debugged);
    String longModel = "x".repeat(33);
    assertTrue(
        said(longModel, false)
            .encode()
            .hex()
            .contains("1901035820" + Hashes.sha256(ascii(longModel)).hex()));
  }

  @Test
  void whatIsSignedIsTheSigStructure() {
    SecretBytes seed = SecretBytes.wrap(PROGRAM.toByteArray());
    Bytes payload = said("ACME", false).encode();
    String head = "59%04x".formatted(payload.size());
    String signed = "846a" + ascii("Signature1").hex() + "43a1012740" + head + payload.hex();
    assertEquals(signed, CoseSign1.signed(CoseSign1.ED25519, payload).hex());
    Bytes signature = Ed25519.sign(seed, Bytes.fromHex(signed));
    assertEquals(
        "d28443a10127a0" + head + payload.hex() + "5840" + signature.hex(),
        CoseSign1.sign(payload, new Ed25519.SigningKey(seed)).hex());
  }

  /** The examples of RFC 8949, appendix A, that this writer can write. */
  @Test
  void numbersAreInTheirShortestForm() {
    assertEquals("17", new CborWriter().number(23).toBytes().hex());
    assertEquals("1818", new CborWriter().number(24).toBytes().hex());
    assertEquals("1903e8", new CborWriter().number(1000).toBytes().hex());
    assertEquals("1a000f4240", new CborWriter().number(1_000_000).toBytes().hex());
    assertEquals("20", new CborWriter().number(-1).toBytes().hex());
    assertEquals("3863", new CborWriter().number(-100).toBytes().hex());
    assertEquals("3903e7", new CborWriter().number(-1000).toBytes().hex());
  }
}
