package dev.coffer.protocol.codec;

/**
 * The domain-separation label of every hash, MAC, signature, KDF and AEAD call. Its text is {@code
 * coffer/v1/<name>}; a golden file in the tests shows what each one covers.
 */
public enum Label {
  FLEET_ID("fleet-id"),
  FOUNDING_COMMITMENT("founding-commitment"),
  FOUNDING_COMMITMENT_SIGNATURE("founding-commitment-signature"),
  FOUNDING_REVEAL("founding-reveal"),
  FOUNDING_SECRET("founding-secret"),
  FOUNDING_TRANSCRIPT("founding-transcript"),
  FOUNDING_TRANSCRIPT_SIGNATURE("founding-transcript-signature"),
  ATTESTATION("attestation"),
  PARTITION("partition"),
  TREE_KEY("tree-key"),
  ENTRY("entry"),
  CHAIN_HEAD("chain-head"),
  STATEMENT("statement"),
  STATUS("status"),
  OUTCOME_BLIND("outcome-blind"),
  OUTCOME_LEAF("outcome-leaf"),
  REQUEST_HASH("request-hash"),
  REGISTRATION_HASH("registration-hash"),
  PAYLOAD_HASH("payload-hash"),
  WRAPPED_KEY_HASH("wrapped-key-hash"),
  ATTEMPT_TAG("attempt-tag"),
  ATTEMPT_TRAIL("attempt-trail"),
  REQUEST_SEAL("request-seal"),
  REPLY_EXPORT("reply-export"),
  REPLY_KEY("reply-key"),
  REPLY_NONCE("reply-nonce"),
  REPLY_SEAL("reply-seal"),
  OPERATION_KEY("operation-key"),
  OPERATION_SEAL("operation-seal"),
  OPERATION_HASH("operation-hash"),
  RECORD_KEY("record-key"),
  RECORD_NONCE("record-nonce"),
  RECORD_SEAL("record-seal"),
  REGISTRATION_NONCE("registration-nonce"),
  SUBSET_SCALAR("subset-scalar"),
  OPRF_INPUT("oprf-input"),
  KSF_SALT("ksf-salt"),
  AUTH_KEY("auth-key"),
  WRAP_KEY("wrap-key"),
  WRAP_SEAL("wrap-seal"),
  OWNER_KEY("owner-key"),
  OWNER_REPLACE("owner-replace"),
  OWNER_DELETE("owner-delete"),
  RECOVERY_PROOF("recovery-proof"),
  CLIENT_MEMORY("client-memory"),
  ISSUER_CERTIFICATE("issuer-certificate"),
  SEALED_MESSAGE_HASH("sealed-message-hash"),
  TOKEN_HASH("token-hash"),
  LOGIN_ASSERTION("login-assertion"),
  LOGIN_AUTHORISATION("login-authorisation"),
  SEALED_STATE("sealed-state"),
  BACKUP_IDENTITY("backup-identity"),
  BACKUP_NAME_KEY("backup-name-key"),
  BACKUP_NAME("backup-name"),
  DEPOSIT_IDENTITY("deposit-identity"),
  DEPOSIT_ENTRY("deposit-entry"),
  KEY_CHECKSUM("key-checksum"),
  PASSKEY_KEY("passkey-key"),
  PASSKEY_SEAL("passkey-seal"),
  PASSKEY_NAME_KEY("passkey-name-key"),
  PASSKEY_NAME_SEAL("passkey-name-seal");

  private final String text;

  Label(String name) {
    this.text = "coffer/v1/" + name;
  }

  /** {@code coffer/v1/<name>}, ASCII. */
  public String text() {
    return text;
  }

  /** Starts the length-prefixed tuple that this label heads. */
  public CanonicalWriter tuple() {
    return new CanonicalWriter().field(text);
  }
}
