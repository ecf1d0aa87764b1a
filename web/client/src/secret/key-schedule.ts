import { type Bytes, concat, wipe } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import { Rejected } from "../codec/rejected.js";
import * as aead from "../crypto/aead.js";
import { publicKey } from "../crypto/ed25519.js";
import { hash, hkdf } from "../crypto/hash.js";
import type { Randomness } from "../crypto/hpke.js";
import { encodeSubject, type Subject } from "../protocol/subject.js";
import { BackupSecret, type RecoveryCode } from "./secrets.js";

/** From the stretched code and K to every key of a registration (PROTOCOL.md §7). The caller wipes what is secret. */

/** Octets of a wrapped K. */
const WRAPPED = Limits.AEAD_NONCE + 32 + Limits.AEAD_TAG;

/** The OPRF's input: no table serves two users. */
export function oprfInput(subject: Subject, code: RecoveryCode): Bytes {
  const normalised = code.normalised();
  const input = tuple("oprf-input", encodeSubject(subject), normalised).take();
  wipe(normalised);
  return input;
}

/** The salt of the key stretching, 16 octets. */
export function stretchingSalt(subject: Subject): Bytes {
  return hash(tuple("ksf-salt", encodeSubject(subject))).slice(0, 16);
}

/** The seed of authKey. */
export function authSeed(stretched: Bytes, subject: Subject, registrationId: Bytes): Bytes {
  return hkdf(stretched, tuple("auth-key", encodeSubject(subject), registrationId), 32);
}

/** The seed of ownerKey, with which whoever has K replaces or deletes the registration. */
export function ownerSeed(secret: BackupSecret, subject: Subject): Bytes {
  const octets = secret.copy();
  const seed = hkdf(octets, tuple("owner-key", encodeSubject(subject)), 32);
  wipe(octets);
  return seed;
}

export function ownerKey(secret: BackupSecret, subject: Subject): Bytes {
  const seed = ownerSeed(secret, subject);
  const key = publicKey(seed);
  wipe(seed);
  return key;
}

function wrapKey(stretched: Bytes, subject: Subject, registrationId: Bytes): Bytes {
  return hkdf(stretched, tuple("wrap-key", encodeSubject(subject), registrationId), 32);
}

function wrapContext(subject: Subject, registrationId: Bytes): Bytes {
  return tuple("wrap-seal", encodeSubject(subject), registrationId).bytes();
}

/** nonce ‖ AES-256-GCM(K). */
export async function wrap(
  randomness: Randomness,
  stretched: Bytes,
  subject: Subject,
  registrationId: Bytes,
  secret: BackupSecret,
): Promise<Bytes> {
  const nonce = randomness(Limits.AEAD_NONCE);
  const key = wrapKey(stretched, subject, registrationId);
  const octets = secret.copy();
  const sealed = await aead.seal(key, nonce, wrapContext(subject, registrationId), octets);
  wipe(key, octets);
  return concat(nonce, sealed);
}

/** K; rejected unless this very subject, registration and code wrapped it. */
export async function unwrap(
  stretched: Bytes,
  subject: Subject,
  registrationId: Bytes,
  wrapped: Bytes,
): Promise<BackupSecret> {
  if (wrapped.length !== WRAPPED) {
    throw new Rejected("BAD_CIPHERTEXT", "wrapped key size");
  }
  const key = wrapKey(stretched, subject, registrationId);
  const nonce = wrapped.slice(0, Limits.AEAD_NONCE);
  const octets = await aead.open(key, nonce, wrapContext(subject, registrationId), wrapped.slice(Limits.AEAD_NONCE));
  const secret = BackupSecret.of(octets);
  wipe(key, octets);
  return secret;
}
