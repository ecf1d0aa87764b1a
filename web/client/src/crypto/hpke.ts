import { x25519 } from "@noble/curves/ed25519.js";
import { type Bytes, concat, NONE, utf8, wipe } from "../codec/bytes.js";
import { Rejected } from "../codec/rejected.js";
import * as aead from "./aead.js";
import { hkdfExpand, hkdfExtract } from "./hash.js";

/**
 * HPKE base mode, the sender's side: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180). Written out here
 * because a request's context has to outlive the process as its exporter secret, which libraries keep to themselves.
 */

const KEM = concat(utf8("KEM"), Uint8Array.of(0, 0x20));
const SUITE = concat(utf8("HPKE"), Uint8Array.of(0, 0x20, 0, 1, 0, 2));
const VERSION = utf8("HPKE-v1");

/** A source of random octets. */
export type Randomness = (size: number) => Bytes;

/** The platform's generator. */
export const systemRandomness: Randomness = (size) => crypto.getRandomValues(new Uint8Array(size));

function labeledExtract(suite: Bytes, salt: Bytes, label: string, input: Bytes): Bytes {
  return hkdfExtract(salt, concat(VERSION, suite, utf8(label), input));
}

function labeledExpand(suite: Bytes, prk: Bytes, label: string, info: Bytes, size: number): Bytes {
  const length = Uint8Array.of(size >>> 8, size & 0xff);
  return hkdfExpand(prk, concat(length, VERSION, suite, utf8(label), info), size);
}

/** A sender's context. Secret; the holder wipes it. */
interface Context {
  readonly encapsulation: Bytes;
  readonly key: Bytes;
  readonly nonce: Bytes;
  readonly exporter: Bytes;
}

function context(ephemeral: Bytes, recipient: Bytes, info: Bytes): Context {
  let agreed: Bytes;
  try {
    agreed = x25519.getSharedSecret(ephemeral, recipient) as Bytes;
  } catch {
    throw new Rejected("BAD_ELEMENT", "X25519 key of low order");
  }
  return schedule(agreed, x25519.getPublicKey(ephemeral) as Bytes, recipient, info);
}

/** What both sides derive from what they agreed on, which is wiped. */
export function schedule(agreed: Bytes, encapsulation: Bytes, recipient: Bytes, info: Bytes): Context {
  const prk = labeledExtract(KEM, NONE, "eae_prk", agreed);
  const shared = labeledExpand(KEM, prk, "shared_secret", concat(encapsulation, recipient), 32);
  const scheduleContext = concat(
    Uint8Array.of(0),
    labeledExtract(SUITE, NONE, "psk_id_hash", NONE),
    labeledExtract(SUITE, NONE, "info_hash", info),
  );
  const secret = labeledExtract(SUITE, shared, "secret", NONE);
  const made = {
    encapsulation,
    key: labeledExpand(SUITE, secret, "key", scheduleContext, 32),
    nonce: labeledExpand(SUITE, secret, "base_nonce", scheduleContext, 12),
    exporter: labeledExpand(SUITE, secret, "exp", scheduleContext, 32),
  };
  wipe(agreed, prk, shared, secret);
  return made;
}

/** encapsulation ‖ ciphertext ‖ tag of one message. */
export async function seal(
  randomness: Randomness,
  recipient: Bytes,
  info: Bytes,
  aad: Bytes,
  plaintext: Bytes,
): Promise<Bytes> {
  const ephemeral = randomness(32);
  const made = context(ephemeral, recipient, info);
  try {
    return concat(made.encapsulation, await aead.seal(made.key, made.nonce, aad, plaintext));
  } finally {
    wipe(ephemeral, made.key, made.nonce, made.exporter);
  }
}

/** A context used for export alone. `secret`, 32 octets, is what has to be kept to restore it. */
export interface Exporter {
  readonly encapsulation: Bytes;
  readonly secret: Bytes;
}

/** Encapsulates to a recipient. */
export function encapsulate(randomness: Randomness, recipient: Bytes, info: Bytes): Exporter {
  const ephemeral = randomness(32);
  const made = context(ephemeral, recipient, info);
  wipe(ephemeral, made.key, made.nonce);
  return { encapsulation: made.encapsulation, secret: made.exporter };
}

/** RFC 9180 §5.3. */
export function exportSecret(exporter: Exporter, exporterContext: Bytes, size: number): Bytes {
  return labeledExpand(SUITE, exporter.secret, "sec", exporterContext, size);
}
