package dev.coffer.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Vectors;
import dev.coffer.protocol.codec.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** RFC 8032 §7.1, every Wycheproof case of Ed25519, and every edge case of C2SP's CCTV. */
class Rfc8032Test {
  @Test
  void signsAndVerifiesTheRfcsVectors() {
    List<JsonNode> vectors = Vectors.list(Vectors.json("ed25519/rfc8032.json"));
    assertEquals(5, vectors.size());
    for (JsonNode vector : vectors) {
      SecretBytes seed = Vectors.secret(vector, "seed");
      Bytes publicKey = Vectors.hex(vector, "publicKey");
      Bytes message = Vectors.hex(vector, "message");
      Bytes signature = Vectors.hex(vector, "signature");
      assertEquals(publicKey, Ed25519.publicKey(seed));
      assertEquals(signature, Ed25519.sign(seed, message));
      assertTrue(Ed25519.verify(publicKey, message, signature));
      assertFalse(Ed25519.verify(publicKey, message.concat(Bytes.zeros(1)), signature));
    }
  }

  @Test
  void decidesEveryWycheproofCase() {
    int count = 0;
    for (JsonNode group :
        Vectors.list(Vectors.json("wycheproof/ed25519_test.json").get("testGroups"))) {
      Bytes publicKey = Vectors.hex(group.get("publicKey"), "pk");
      for (JsonNode test : Vectors.list(group.get("tests"))) {
        boolean valid = test.get("result").asString().equals("valid");
        assertEquals(
            valid,
            Ed25519.verify(publicKey, Vectors.hex(test, "msg"), Vectors.hex(test, "sig")),
            () -> "case " + test.get("tcId").asInt() + " " + test.get("comment").asString());
        count++;
      }
    }
    assertEquals(151, count);
  }

  /**
   * Vectors on which verifiers differ: 914 keys and signatures around points of small order and
   * encodings that are not canonical. A verifier is told from another by which it accepts.
   */
  @Test
  void acceptsExactlyFortyThreeOfCctvsEdgeCases() {
    List<JsonNode> vectors = Vectors.list(Vectors.json("ed25519/cctv-ed25519vectors.json"));
    Set<String> excused = Set.of("low_order_component_A", "low_order_component_R");
    int accepted = 0;
    for (JsonNode vector : vectors) {
      Set<String> flags = new HashSet<>();
      // JSON null where there are none.
      vector.get("flags").forEach(flag -> flags.add(flag.asString()));
      Bytes message = Bytes.wrap(vector.get("msg").asString().getBytes(StandardCharsets.UTF_8));
      boolean valid =
          Ed25519.verify(Vectors.hex(vector, "key"), message, Vectors.hex(vector, "sig"));
      assertEquals(
          excused.containsAll(flags), valid, () -> "vector " + vector.get("number") + flags);
      accepted += valid ? 1 : 0;
    }
    assertEquals(914, vectors.size());
    assertEquals(43, accepted);
  }
}
