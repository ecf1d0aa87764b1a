import { readFileSync } from "node:fs";
import { type Bytes, unhex } from "../src/codec/bytes.js";

const ROOT = new URL("../../../", import.meta.url);

/** A JSON file of the repository. */
function json<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, ROOT), "utf8")) as T;
}

/** Vectors that the Java code writes: `web/vectors`. */
export function shared<T>(name: string): T {
  return json<T>(`web/vectors/${name}.json`);
}

/** Vectors of RFCs and of others, where the Java tests have them; an ORIGIN.md beside each says whose. */
export function foreign<T>(path: string): T {
  return json<T>(`protocol/src/test/resources/vectors/${path}`);
}

/** The published vectors of docs/transparency.md. */
export function published<T>(path: string): T {
  return json<T>(`transparency/src/test/resources/vectors/${path}`);
}

export function octets(hex: string): Bytes {
  const read = unhex(hex);
  if (read === undefined) {
    throw new Error("not hexadecimal");
  }
  return read;
}

/** Octets that count up from a seed, as the Java tests draw them. */
export function counting(seed: number): (size: number) => Bytes {
  let next = seed;
  return (size) => Uint8Array.from({ length: size }, () => next++ & 0xff);
}
