import { type Bytes, text as decodeUtf8, unhex } from "../codec/bytes.js";
import { U64_MAX } from "../codec/limits.js";

/** Strict text: the one way to write a number, base64, hexadecimal or a line (docs/transparency.md §1). */

export type RefusalCode =
  | "TOO_LARGE"
  | "MALFORMED"
  | "NOT_CANONICAL"
  | "BAD_TEXT"
  | "UNSUPPORTED"
  | "UNKNOWN_SIGNER"
  | "BAD_SIGNATURE"
  | "BAD_PROOF"
  | "WRONG_ORIGIN"
  | "NO_QUORUM"
  | "OUT_OF_SEQUENCE";

/** Something from outside was not accepted, and nothing changed. Names the rule, never the content. */
export class Refused extends Error {
  readonly refusal: RefusalCode;
  readonly what: string;

  constructor(refusal: RefusalCode, what: string) {
    super(`${refusal}: ${what}`);
    this.name = "Refused";
    this.refusal = refusal;
    this.what = what;
  }
}

/** Refuses text that no note may hold. */
export function checkText(text: string, what: string): void {
  let bad = text.startsWith("\ufeff") || !text.isWellFormed();
  for (let i = 0; i < text.length; i++) {
    bad ||= text.charCodeAt(i) < 0x20 && text[i] !== "\n";
  }
  if (bad) {
    throw new Refused("BAD_TEXT", what);
  }
}

/** Refuses anything but printable ASCII, space and newline. */
export function checkAscii(text: string, what: string): void {
  if (!/^[\n\x20-\x7e]*$/.test(text)) {
    throw new Refused("BAD_TEXT", what);
  }
}

export function decodeText(octets: Uint8Array, what: string): string {
  const text = decodeUtf8(octets);
  if (text === undefined) {
    throw new Refused("BAD_TEXT", what);
  }
  checkText(text, what);
  return text;
}

/** 0 to 2⁶³−1: no sign, no leading zero. */
export function decimal(text: string, what: string, min = 0n, max = U64_MAX): bigint {
  if (!/^[0-9]{1,19}$/.test(text)) {
    throw new Refused("MALFORMED", what);
  }
  const value = BigInt(text);
  if (value > U64_MAX) {
    throw new Refused("TOO_LARGE", what);
  }
  if (text.length > 1 && text.startsWith("0")) {
    throw new Refused("NOT_CANONICAL", what);
  }
  if (value < min || value > max) {
    throw new Refused("MALFORMED", what);
  }
  return value;
}

export function encodeBase64(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets));
}

/** Standard base64 with padding, and only its canonical form; of exactly `size` octets if given. */
export function base64(text: string, what: string, size?: number): Bytes {
  let binary: string;
  try {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      throw new Error("another alphabet");
    }
    binary = atob(text);
  } catch {
    throw new Refused("MALFORMED", what);
  }
  if (btoa(binary) !== text) {
    throw new Refused("NOT_CANONICAL", what);
  }
  const octets = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (size !== undefined && octets.length !== size) {
    throw new Refused("MALFORMED", what);
  }
  return octets;
}

/** Exactly `size` octets in lower-case hexadecimal. */
export function lowerHex(text: string, size: number, what: string): Bytes {
  const octets = text.length === 2 * size ? unhex(text) : undefined;
  if (octets === undefined) {
    throw new Refused(/^[0-9a-fA-F]*$/.test(text) && text.length === 2 * size ? "NOT_CANONICAL" : "MALFORMED", what);
  }
  return octets;
}

/** Reads text line by line; every line ends with a newline, the last one too. */
export class LineReader {
  readonly #text: string;
  readonly #what: string;
  #at = 0;

  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  line(): string {
    const end = this.#text.indexOf("\n", this.#at);
    if (end < 0) {
      throw new Refused("MALFORMED", `${this.#what} ends inside a line`);
    }
    const line = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return line;
  }

  /** Whether the next line begins so. */
  peeks(start: string): boolean {
    return this.#text.startsWith(start, this.#at);
  }

  expect(expected: string): void {
    if (this.line() !== expected) {
      throw new Refused("MALFORMED", `${this.#what}: expected ${expected}`);
    }
  }

  /** What follows `keyword` and one space. */
  after(keyword: string): string {
    const line = this.line();
    if (!line.startsWith(`${keyword} `)) {
      throw new Refused("MALFORMED", `${this.#what}: expected ${keyword}`);
    }
    return line.slice(keyword.length + 1);
  }

  /** Exactly `count` words after `keyword`, parted by single spaces. */
  words(keyword: string, count: number): string[] {
    const words = this.after(keyword).split(" ");
    if (words.includes("")) {
      throw new Refused("NOT_CANONICAL", `${this.#what}: one space after ${keyword}`);
    }
    if (words.length !== count) {
      throw new Refused("MALFORMED", `${this.#what}: words after ${keyword}`);
    }
    return words;
  }

  word(keyword: string): string {
    return this.words(keyword, 1)[0] as string;
  }

  /** Lines of one hash each, up to the next empty line, which is read, too. */
  hashesUpToBlank(max: number): Bytes[] {
    const hashes: Bytes[] = [];
    for (let line = this.line(); line !== ""; line = this.line()) {
      if (hashes.length === max) {
        throw new Refused("TOO_LARGE", `${this.#what}: hashes`);
      }
      hashes.push(base64(line, `${this.#what}: hash`, 32));
    }
    return hashes;
  }

  rest(): string {
    const rest = this.#text.slice(this.#at);
    this.#at = this.#text.length;
    return rest;
  }

  end(): void {
    if (!this.atEnd) {
      throw new Refused("MALFORMED", `${this.#what}: something follows the last line`);
    }
  }
}
