package dev.coffer.notary.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.plexi.AuditMessage;

/**
 * What Plexi's clients read of an epoch.
 *
 * @param message what was signed
 * @param signature 64 octets
 * @param keyId the last octet of the public key
 */
public record AuditAnswer(AuditMessage message, Bytes signature, int keyId) {
  /** The fields that Plexi's clients know, in JSON.. */
  public String json() {
    return "{\"version\":"
        + AuditMessage.CIPHERSUITE
        + ",\"ciphersuite\":"
        + AuditMessage.CIPHERSUITE
        + ",\"namespace\":\""
        + Json.escaped(message.namespace())
        + "\",\"timestamp\":"
        + message.timestampMillis()
        + ",\"epoch\":"
        + message.epoch()
        + ",\"digest\":\""
        + message.digest().hex()
        + "\",\"signature\":\""
        + signature.hex()
        + "\",\"key_id\":"
        + keyId
        + ",\"serialized_message\":\""
        + message.encode().hex()
        + "\"}\n";
  }
}
