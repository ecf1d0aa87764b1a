package dev.coffer.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Vectors;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * RFC 7748's own vectors, every Wycheproof case of X25519, and public keys that an attacker would
 * choose.
 */
class Rfc7748Test {
  private static final JsonNode RFC = Vectors.json("x25519/rfc7748.json");
  private static final SecretBytes PRIVATE_KEY = SecretBytes.copyOf(Bytes.fromHex("77".repeat(32)));

  private static Bytes agree(Bytes scalar, Bytes u) throws Rejected {
    return Bytes.wrap(X25519.agree(SecretBytes.copyOf(scalar), u).copy());
  }

  @Test
  void multiplies() throws Exception {
    for (JsonNode vector : Vectors.list(RFC.get("multiply"))) {
      assertEquals(
          Vectors.hex(vector, "result"),
          agree(Vectors.hex(vector, "scalar"), Vectors.hex(vector, "u")));
    }
  }

  @Test
  void multipliesAThousandTimes() throws Exception {
    Bytes k = Bytes.fromHex("09" + "00".repeat(31));
    Bytes u = k;
    int count = 0;
    for (JsonNode stop : Vectors.list(RFC.get("iterated"))) {
      for (; count < stop.get("count").asInt(); count++) {
        Bytes next = agree(k, u);
        u = k;
        k = next;
      }
      assertEquals(Vectors.hex(stop, "result"), k);
    }
    assertEquals(1000, count);
  }

  @Test
  void agreesAsAliceAndBobDo() throws Exception {
    JsonNode agreement = RFC.get("agreement");
    Bytes alicePublic = Vectors.hex(agreement, "alicePublic");
    Bytes bobPublic = Vectors.hex(agreement, "bobPublic");
    assertEquals(alicePublic, X25519.publicKey(Vectors.secret(agreement, "alicePrivate")));
    assertEquals(bobPublic, X25519.publicKey(Vectors.secret(agreement, "bobPrivate")));
    assertEquals(
        Vectors.hex(agreement, "shared"), agree(Vectors.hex(agreement, "alicePrivate"), bobPublic));
    assertEquals(
        Vectors.hex(agreement, "shared"), agree(Vectors.hex(agreement, "bobPrivate"), alicePublic));
  }

  /**
   * "Acceptable" cases are points of the twist and non-canonical numbers, which RFC 7748 demands to
   * be computed.
   */
  @Test
  void computesEveryWycheproofCaseAndRefusesAllZeroSecrets() throws Exception {
    int refused = 0;
    int count = 0;
    for (JsonNode group :
        Vectors.list(Vectors.json("wycheproof/x25519_test.json").get("testGroups"))) {
      for (JsonNode test : Vectors.list(group.get("tests"))) {
        count++;
        Bytes shared = Vectors.hex(test, "shared");
        if (shared.equals(Bytes.zeros(32))) {
          refused++;
          assertRefused(Vectors.hex(test, "public"));
        } else {
          assertEquals(shared, agree(Vectors.hex(test, "private"), Vectors.hex(test, "public")));
        }
      }
    }
    assertEquals(518, count);
    assertTrue(refused >= 30);
  }

  private static void assertRefused(Bytes publicKey) {
    Rejected rejected = assertThrows(Rejected.class, () -> X25519.agree(PRIVATE_KEY, publicKey));
    assertEquals(RejectionCode.BAD_ELEMENT, rejected.code());
  }

  /**
   * Every u, with and without bit 255, that lies on a point of order 1, 2, 4 or 8 of the curve or
   * of its twist.
   */
  @Test
  void lowOrderPublicKeysAreRefused() {
    List<String> lowOrder =
        List.of(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    for (String u : lowOrder) {
      assertRefused(Bytes.fromHex(u));
      byte[] withTopBit = Bytes.fromHex(u).toByteArray();
      withTopBit[31] |= (byte) 0x80;
      assertRefused(Bytes.wrap(withTopBit));
    }
  }

  @Test
  void wrongLengthsAreRefused() {
    for (int size : new int[] {0, 31, 33, 64}) {
      assertRefused(Bytes.zeros(size));
      assertThrows(
          Invariant.Broken.class, () -> X25519.publicKey(SecretBytes.wrap(new byte[size])));
    }
  }
}
