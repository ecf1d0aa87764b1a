import { type Bytes, concat, equal, hex, utf8 } from "../codec/bytes.js";
import { decode } from "../codec/reader.js";
import { accepted } from "../codec/rejected.js";
import { verify } from "../crypto/ed25519.js";
import { sha256 } from "../crypto/hash.js";
import { base64, checkText, decodeText, encodeBase64, LineReader, Refused } from "./text.js";

/** Signed notes (c2sp.org/signed-note) and cosignatures (c2sp.org/tlog-cosignature). */

const SIZE_MAX = 256 << 10;
const SIGNATURES_MAX = 64;
const KEY_TEXT_MAX = 512;
const DASH = "\u2014 ";

/** Ed25519 over the text, or a witness's over a time and the text. */
export type SignatureType = "ed25519" | "cosignature";

/** A public key with its name. Whoever trusts one has it from elsewhere than the notes it verifies. */
export interface VerifierKey {
  readonly name: string;
  readonly type: SignatureType;
  readonly publicKey: Bytes;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: Bytes;
  readonly payload: Bytes;
}

/** A signature that holds. `time` is a cosignature's, in seconds since 1970; 0 for others. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  readonly time: bigint;
}

/** A note as it was found; nothing about it is verified. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface VerifiedNote {
  readonly text: string;
  readonly signatures: readonly VerifiedSignature[];
}

export function parseKeyName(name: string): string {
  checkText(name, "key name");
  if (name === "" || name.length > 255 || /[+\u0085\p{White_Space}]/u.test(name)) {
    throw new Refused("MALFORMED", "key name");
  }
  return name;
}

function typeOctet(type: SignatureType): Bytes {
  return Uint8Array.of(type === "ed25519" ? 1 : 4);
}

export function keyId(key: VerifierKey): Bytes {
  return sha256(utf8(`${key.name}\n`), typeOctet(key.type), key.publicKey).slice(0, 4);
}

export function keyText(key: VerifierKey): string {
  return `${key.name}+${hex(keyId(key))}+${encodeBase64(concat(typeOctet(key.type), key.publicKey))}`;
}

export function sameKey(a: VerifierKey, b: VerifierKey): boolean {
  return keyText(a) === keyText(b);
}

/** Reads name+hex8+base64(type ‖ key). The id in it must be its own. */
export function parseKey(text: string): VerifierKey {
  const [name, id, ...rest] = text.split("+");
  if (text.length > KEY_TEXT_MAX || name === undefined || rest.length === 0) {
    throw new Refused("MALFORMED", "verifier key");
  }
  // The base64 may hold a plus.
  const material = base64(rest.join("+"), "verifier key");
  if (material.length === 0) {
    throw new Refused("MALFORMED", "verifier key");
  }
  if (material[0] !== 1 && material[0] !== 4) {
    throw new Refused("UNSUPPORTED", "signature type");
  }
  if (material.length !== 33) {
    throw new Refused("MALFORMED", "verifier key");
  }
  const type = material[0] === 1 ? "ed25519" : "cosignature";
  const key: VerifierKey = { name: parseKeyName(name), type, publicKey: material.slice(1) };
  if (hex(keyId(key)) !== id) {
    throw new Refused("MALFORMED", "verifier key: id of another key");
  }
  return key;
}

function parseSignature(line: string): NoteSignature {
  const space = line.indexOf(" ", DASH.length);
  if (!line.startsWith(DASH) || space < 0) {
    throw new Refused("MALFORMED", "signature line");
  }
  const name = parseKeyName(line.slice(DASH.length, space));
  const decoded = base64(line.slice(space + 1), "signature");
  if (decoded.length <= 4) {
    throw new Refused("MALFORMED", "signature");
  }
  return { name, id: decoded.slice(0, 4), payload: decoded.slice(4) };
}

export function parseNote(encoded: string): Note {
  checkText(encoded, "note");
  // The last blank line is the border: a note may be the text of another, and must stay whole.
  const border = encoded.lastIndexOf("\n\n");
  if (border < 0) {
    throw new Refused("MALFORMED", "note without a blank line");
  }
  const lines = new LineReader(encoded.slice(border + 2), "note");
  const signatures: NoteSignature[] = [];
  do {
    if (signatures.length === SIGNATURES_MAX) {
      throw new Refused("TOO_LARGE", "signatures of a note");
    }
    signatures.push(parseSignature(lines.line()));
  } while (!lines.atEnd);
  return { text: encoded.slice(0, border + 1), signatures };
}

export function decodeNote(encoded: Uint8Array, sizeMax = SIZE_MAX): Note {
  if (encoded.length > sizeMax) {
    throw new Refused("TOO_LARGE", "note");
  }
  return parseNote(decodeText(encoded, "note"));
}

function verifySignature(key: VerifierKey, text: string, payload: Bytes): bigint {
  if (key.type === "ed25519") {
    if (!verify(key.publicKey, utf8(text), payload)) {
      throw new Refused("BAD_SIGNATURE", "signature by a known key");
    }
    return 0n;
  }
  const cosigned = accepted(() => decode(payload, (reader) => ({ time: reader.u64(), signature: reader.raw(64) })));
  if (
    cosigned === undefined ||
    !verify(key.publicKey, utf8(`cosignature/v1\ntime ${cosigned.time}\n${text}`), cosigned.signature)
  ) {
    throw new Refused("BAD_SIGNATURE", "cosignature of a known key");
  }
  return cosigned.time;
}

/** Verifies the lines of known keys, every one of which has to hold, and ignores all others. */
export function verifyNote(note: Note, known: readonly VerifierKey[]): VerifiedNote {
  const signatures: VerifiedSignature[] = [];
  for (const { name, id, payload } of note.signatures) {
    for (const key of known) {
      if (key.name === name && equal(keyId(key), id)) {
        signatures.push({ key, time: verifySignature(key, note.text, payload) });
      }
    }
  }
  if (signatures.length === 0) {
    throw new Refused("UNKNOWN_SIGNER", "no signature by a known key");
  }
  return { text: note.text, signatures };
}

/** How many public keys signed: one key under two names is one party. */
export function distinctKeys(note: VerifiedNote): number {
  return new Set(note.signatures.map(({ key }) => hex(key.publicKey))).size;
}
