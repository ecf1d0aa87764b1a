import { ed25519 } from "@noble/curves/ed25519.js";
import { type Bytes, equal } from "../codec/bytes.js";
import { hashSha512 } from "./hash.js";

const POINT = ed25519.Point;
const ORDER = POINT.Fn.ORDER;

/** The public key (32 octets) of a 32-octet seed. */
export function publicKey(seed: Uint8Array): Bytes {
  return ed25519.getPublicKey(seed) as Bytes;
}

/** RFC 8032 §5.1, deterministic: 64 octets. */
export function sign(seed: Uint8Array, message: Uint8Array): Bytes {
  return ed25519.sign(message, seed) as Bytes;
}

function scalar(octets: Uint8Array): bigint {
  return octets.reduceRight((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

function point(octets: Uint8Array): InstanceType<typeof POINT> | undefined {
  try {
    return POINT.fromBytes(octets, false);
  } catch {
    return undefined;
  }
}

/**
 * Whether the signature holds by the one rule of PROTOCOL.md §1.2: without the cofactor, s below ℓ, A canonical, neither
 * A nor R of small order. Libraries and browsers follow laxer rules, each another one, so none of them is asked.
 */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) {
    return false;
  }
  const commitment = signature.subarray(0, 32);
  const s = scalar(signature.subarray(32));
  const a = point(key);
  if (s >= ORDER || a === undefined || a.isSmallOrder()) {
    return false;
  }
  const k = scalar(hashSha512(commitment, key, message)) % ORDER;
  const p = POINT.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
  // Nothing but canonical octets is written, so an R in any other form never equals them.
  return equal(p.toBytes(), commitment) && !p.isSmallOrder();
}
