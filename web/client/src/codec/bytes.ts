/** Octets: how they are compared, joined and written. Pure functions. */

/** Octets that no other thread shares. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const NONE: Bytes = new Uint8Array(0);

/** `size` zero octets. */
export function zeros(size: number): Bytes {
  return new Uint8Array(size);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Compares in a time that depends on the lengths alone. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) {
    return false;
  }
  let difference = 0;
  for (let i = 0; i < a.length; i++) {
    difference |= (a[i] as number) ^ (b[i] as number);
  }
  return difference === 0;
}

/** Compares octet by octet as unsigned numbers, as lists are sorted. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) {
      return difference;
    }
  }
  return a.length - b.length;
}

/** Lower-case hexadecimal. */
export function hex(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) {
    text += octet.toString(16).padStart(2, "0");
  }
  return text;
}

/** Reads lower-case hexadecimal; `undefined` for anything else. */
export function unhex(text: string): Bytes | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    return undefined;
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return ENCODER.encode(text);
}

/** Well-formed UTF-8, a byte order mark kept; `undefined` for anything else. */
export function text(octets: Uint8Array): string | undefined {
  try {
    return DECODER.decode(octets);
  } catch {
    return undefined;
  }
}

/** Overwrites. The runtime may have moved the octets before and left a copy: see the README. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) {
    secret.fill(0);
  }
}

/** What can only fail if this program is wrong. */
export function invariant(holds: boolean, what: string): asserts holds {
  if (!holds) {
    throw new Error(`broken invariant: ${what}`);
  }
}
