package dev.coffer.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Vectors;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * RFC 9180 appendix A: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, with AES-256-GCM and
 * export-only.
 */
class Rfc9180Test {
  private static List<JsonNode> suites(int aead) {
    List<JsonNode> suites =
        Vectors.list(Vectors.json("hpke/rfc9180-x25519-base.json")).stream()
            .filter(suite -> suite.get("aead_id").asInt() == aead)
            .toList();
    assertEquals(1, suites.size());
    return suites;
  }

  @Test
  void derivesEverySecretOfBothSides() throws Exception {
    for (int aead : new int[] {HpkeSuite.AEAD_AES_256_GCM, HpkeSuite.AEAD_EXPORT_ONLY}) {
      for (JsonNode suite : suites(aead)) {
        checkKeySchedule(new HpkeSuite(aead), aead, suite);
      }
    }
  }

  private static void checkKeySchedule(HpkeSuite hpke, int aead, JsonNode suite) throws Rejected {
    SecretBytes ephemeral = Vectors.secret(suite, "skEm");
    SecretBytes recipient = Vectors.secret(suite, "skRm");
    Bytes recipientKey = Vectors.hex(suite, "pkRm");
    Bytes encapsulation = Vectors.hex(suite, "enc");
    assertEquals(encapsulation, X25519.publicKey(ephemeral));
    assertEquals(recipientKey, X25519.publicKey(recipient));
    SecretBytes agreed = X25519.agree(recipient, encapsulation);
    assertTrue(
        Vectors.secret(suite, "shared_secret")
            .sameAs(HpkeSuite.sharedSecret(agreed, encapsulation, recipientKey)));
    Bytes info = Vectors.hex(suite, "info");
    for (HpkeSuite.Context context :
        List.of(
            hpke.sender(ephemeral, encapsulation, recipientKey, info),
            hpke.recipient(recipient, recipientKey, encapsulation, info))) {
      if (aead != HpkeSuite.AEAD_EXPORT_ONLY) {
        assertTrue(Vectors.secret(suite, "key").sameAs(context.key));
        assertTrue(Vectors.secret(suite, "base_nonce").sameAs(context.baseNonce));
      }
      assertTrue(Vectors.secret(suite, "exporter_secret").sameAs(context.exporterSecret));
      for (JsonNode export : Vectors.list(suite.get("exports"))) {
        SecretBytes exported =
            hpke.export(
                context.exporterSecret,
                Vectors.hex(export, "exporter_context"),
                export.get("L").asInt());
        assertTrue(Vectors.secret(export, "exported_value").sameAs(exported));
      }
    }
  }

  @Test
  void sealsAndOpensTheFirstMessageOfTheVector() throws Exception {
    JsonNode suite = suites(HpkeSuite.AEAD_AES_256_GCM).get(0);
    JsonNode first = suite.get("encryptions").get(0);
    Bytes info = Vectors.hex(suite, "info");
    Bytes aad = Vectors.hex(first, "aad");
    Bytes sealed = Vectors.hex(suite, "enc").concat(Vectors.hex(first, "ct"));
    assertEquals(
        sealed,
        Hpke.sealWith(
            Vectors.secret(suite, "skEm"),
            Vectors.hex(suite, "pkRm"),
            info,
            aad,
            Vectors.secret(first, "pt")));
    assertTrue(
        Vectors.secret(first, "pt")
            .sameAs(Hpke.open(Vectors.secret(suite, "skRm"), info, aad, sealed)));
  }

  @Test
  void everyEncryptionUsesTheDerivedKeyAndItsNonce() throws Exception {
    JsonNode suite = suites(HpkeSuite.AEAD_AES_256_GCM).get(0);
    for (JsonNode encryption : Vectors.list(suite.get("encryptions"))) {
      assertEquals(
          Vectors.hex(encryption, "ct"),
          Aead.seal(
              Vectors.secret(suite, "key"),
              Vectors.hex(encryption, "nonce"),
              Vectors.hex(encryption, "aad").toByteArray(),
              Vectors.hex(encryption, "pt").toByteArray()));
    }
  }
}
