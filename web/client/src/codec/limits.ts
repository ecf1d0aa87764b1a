/** The limits of the protocol that a client meets, in octets unless the name says otherwise (PROTOCOL.md §1.1). */
export const Limits = {
  DIGEST: 32,
  SIGNATURE: 64,
  HSMS_MAX: 7,
  PARTITIONS_MAX: 1024,
  TENANTS_MAX: 64,
  GUESSES_MAX: 10,
  TENANT_MAX: 32,
  ACCOUNT_MAX: 64,
  SLOT_MAX: 9,
  WRAPPED_KEY_MAX: 128,
  TOKEN_MAX: 1024,
  REQUEST_SMALL: 640,
  REQUEST_LARGE: 2048,
  REPLY: 640,
  PAYLOAD_MAX: 384,
  BODY_MAX: 8192,
  OPERATIONS_MAX: 256,
  HISTORY: 8,
  MODEL_MAX: 64,
  ATTESTATION_MAX: 2048,
  AEAD_NONCE: 12,
  AEAD_TAG: 16,
  /** An answer to `POST /v1/vault`. */
  ANSWER_MAX: 16 << 10,
  /** An answer to `GET /v1/bundle`. */
  BUNDLE_MAX: 1 << 20,
  /** An answer to `GET /v1/fleets`. */
  FLEETS_MAX: 16 << 10,
} as const;

/** The greatest number that a `u64` may hold. */
export const U64_MAX = (1n << 63n) - 1n;
