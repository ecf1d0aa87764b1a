import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256, sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, NONE } from "../codec/bytes.js";
import type { Writer } from "../codec/writer.js";

export function sha256(...parts: readonly Uint8Array[]): Bytes {
  return nobleSha256(parts.length === 1 ? (parts[0] as Uint8Array) : concat(...parts)) as Bytes;
}

/** H of a tuple. */
export function hash(tuple: Writer): Bytes {
  return sha256(tuple.bytes());
}

export function hashSha512(...parts: readonly Uint8Array[]): Bytes {
  return sha512(concat(...parts)) as Bytes;
}

export function hkdfExtract(salt: Uint8Array, input: Uint8Array): Bytes {
  return extract(nobleSha256, input, salt) as Bytes;
}

export function hkdfExpand(prk: Uint8Array, info: Uint8Array, size: number): Bytes {
  return expand(nobleSha256, prk, info, size) as Bytes;
}

/** HKDF (RFC 5869) with SHA-256. */
export function hkdf(input: Uint8Array, info: Writer, size: number, salt: Uint8Array = NONE): Bytes {
  const prk = hkdfExtract(salt, input);
  const derived = hkdfExpand(prk, info.bytes(), size);
  prk.fill(0);
  return derived;
}
