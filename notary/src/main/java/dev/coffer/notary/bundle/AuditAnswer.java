package dev.coffer.notary.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.plexi.AuditMessage;

/**
 * What Plexi's clients read of an epoch.
 *
 * @param message what was signed
 * @param signature 64 octets
 * @param keyId the last octet of the public key
 */
public record AuditAnswer(AuditMessage message, Bytes signature, int keyId) {
  /** The fields that Plexi's clients know, in JSON. */
  public String json() {
    return new JsonWriter()
            .put("version", AuditMessage.CIPHERSUITE)
            .put("ciphersuite", AuditMessage.CIPHERSUITE)
            .put("namespace", message.namespace())
            .put("timestamp", message.timestampMillis())
            .put("epoch", message.epoch())
            .put("digest", message.digest().hex())
            .put("signature", signature.hex())
            .put("key_id", keyId)
            .put("serialized_message", message.encode().hex())
        + "\n";
  }
}
