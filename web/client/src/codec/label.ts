import { Writer } from "./writer.js";

/** The labels that a client uses (PROTOCOL.md §16). Everything that is hashed, signed or sealed is headed by one. */
export type Label =
  | "fleet-id"
  | "partition"
  | "statement"
  | "outcome-leaf"
  | "request-hash"
  | "registration-hash"
  | "payload-hash"
  | "wrapped-key-hash"
  | "request-seal"
  | "reply-export"
  | "reply-key"
  | "reply-nonce"
  | "reply-seal"
  | "oprf-input"
  | "ksf-salt"
  | "auth-key"
  | "wrap-key"
  | "wrap-seal"
  | "owner-key"
  | "owner-replace"
  | "owner-delete"
  | "recovery-proof"
  | "client-memory"
  | "issuer-certificate"
  | "sealed-message-hash"
  | "token-hash"
  | "login-assertion"
  | "login-authorisation"
  | "backup-identity"
  | "backup-name-key"
  | "backup-name"
  | "key-checksum"
  | "passkey-key"
  | "passkey-seal"
  | "passkey-name-key"
  | "passkey-name-seal";

export function labelText(label: Label): string {
  return `coffer/v1/${label}`;
}

/** Starts the tuple that this label heads. */
export function tuple(label: Label, ...fields: readonly (Uint8Array | string | number | bigint)[]): Writer {
  const out = new Writer().field(labelText(label));
  for (const field of fields) {
    out.field(field);
  }
  return out;
}
