package dev.coffer.transparency.plexi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.Vectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The vectors of cloudflare/plexi. */
class AuditMessageTest {
  private static Bytes hex(JsonNode json, String name) {
    return Bytes.fromHex(json.get(name).asString());
  }

  private static AuditMessage message(JsonNode json) {
    return new AuditMessage(
        json.get("namespace").asString(),
        json.get("timestamp").asLong(),
        json.get("epoch").asLong(),
        hex(json, "digest"));
  }

  @Test
  void vectors() {
    int ours = 0;
    for (JsonNode json : Vectors.json("plexi/signature-vectors.json")) {
      AuditMessage message = message(json);
      Bytes publicKey = hex(json, "verifying_key");
      Bytes signature = hex(json, "signature");
      assertEquals(json.get("key_id").asInt(), AuditMessage.keyId(publicKey));
      if (json.get("ciphersuite").asInt() != AuditMessage.CIPHERSUITE) {
        // Signed in another encoding: not ours to accept.
        assertFalse(message.verify(publicKey, signature));
        continue;
      }
      ours++;
      assertTrue(message.verify(publicKey, signature));
      try (SecretBytes seed = SecretBytes.copyOf(hex(json, "signing_key"));
          Ed25519.SigningKey key = new Ed25519.SigningKey(seed)) {
        assertEquals(signature, message.sign(key));
      }
    }
    assertEquals(1, ours);
  }

  @Test
  void everyFieldIsSigned() {
    JsonNode json = Vectors.json("plexi/signature-vectors.json").get(0);
    AuditMessage good = message(json);
    Bytes key = hex(json, "verifying_key");
    Bytes signature = hex(json, "signature");
    String name = good.namespace();
    long time = good.timestampMillis();
    assertTrue(new AuditMessage(name, time, 1, good.digest()).verify(key, signature));
    assertFalse(new AuditMessage(name + "x", time, 1, good.digest()).verify(key, signature));
    assertFalse(new AuditMessage(name, time + 1, 1, good.digest()).verify(key, signature));
    assertFalse(new AuditMessage(name, time, 2, good.digest()).verify(key, signature));
    assertFalse(new AuditMessage(name, time, 1, Bytes.zeros(32)).verify(key, signature));
  }
}
