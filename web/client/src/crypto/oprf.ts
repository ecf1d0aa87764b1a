import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { type Bytes, concat, utf8, wipe } from "../codec/bytes.js";
import { Rejected } from "../codec/rejected.js";
import { hashSha512 } from "./hash.js";
import type { Randomness } from "./hpke.js";

/** RFC 9497 in mode 0x00 over ristretto255-SHA512, the client's side. */

export type Element = InstanceType<typeof ristretto255.Point>;

const POINT = ristretto255.Point;
const SCALARS = POINT.Fn;
const DST = concat(utf8("HashToGroup-OPRFV1-"), Uint8Array.of(0), utf8("-ristretto255-SHA512"));

/** Decodes an element; rejects the identity and what is not canonical. */
export function decodeElement(octets: Bytes): Element {
  let element: Element;
  try {
    element = POINT.fromBytes(octets);
  } catch {
    throw new Rejected("BAD_ELEMENT", "element");
  }
  if (element.is0()) {
    throw new Rejected("BAD_ELEMENT", "identity");
  }
  return element;
}

export function encodeElement(element: Element): Bytes {
  return element.toBytes() as Bytes;
}

function scalar(octets: Bytes): bigint {
  try {
    return SCALARS.fromBytes(octets);
  } catch {
    throw new Rejected("OUT_OF_RANGE", "scalar");
  }
}

/** A blind, 32 octets: uniform and not zero. */
export function randomBlind(randomness: Randomness): Bytes {
  for (;;) {
    const wide = randomness(64);
    const value = wide.reduceRight((sum, octet) => (sum << 8n) | BigInt(octet), 0n) % SCALARS.ORDER;
    wipe(wide);
    if (value !== 0n) {
      return SCALARS.toBytes(value) as Bytes;
    }
  }
}

/** Refuses a kept blind that cannot be one. */
export function checkBlind(blind: Bytes): void {
  if (scalar(blind) === 0n) {
    throw new Rejected("OUT_OF_RANGE", "scalar");
  }
}

/** The blinded element, 32 octets. */
export function blind(input: Bytes, by: Bytes): Bytes {
  return encodeElement(ristretto255_hasher.hashToCurve(input, { DST }).multiply(scalar(by)));
}

/** RFC 9497 §3.3.1 Finalize: 64 octets. */
export function finalize(input: Bytes, by: Bytes, evaluated: Element): Bytes {
  const unblinded = encodeElement(evaluated.multiply(SCALARS.inv(scalar(by))));
  const length = (of: Bytes) => Uint8Array.of(of.length >>> 8, of.length & 0xff);
  const output = hashSha512(length(input), input, length(unblinded), unblinded, utf8("Finalize"));
  wipe(unblinded);
  return output;
}
