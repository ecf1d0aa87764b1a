import type { Bytes } from "../codec/bytes.js";
import { Rejected } from "../codec/rejected.js";

// The platform's own: in constant time, which AES in JavaScript is not.
async function key(octets: Bytes, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", octets, "AES-GCM", false, [use]);
}

/** AES-256-GCM: ciphertext ‖ tag. */
export async function seal(secret: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes> {
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return new Uint8Array(await crypto.subtle.encrypt(parameters, await key(secret, "encrypt"), plaintext));
}

/** The plaintext; rejected unless this key, nonce and aad sealed it. */
export async function open(secret: Bytes, nonce: Bytes, aad: Bytes, sealed: Bytes): Promise<Bytes> {
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: aad };
  const imported = await key(secret, "decrypt");
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, imported, sealed));
  } catch {
    throw new Rejected("BAD_CIPHERTEXT", "AES-256-GCM");
  }
}
