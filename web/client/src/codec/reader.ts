import { type Bytes, text } from "./bytes.js";
import { U64_MAX } from "./limits.js";
import { Rejected } from "./rejected.js";

/** Reads the canonical encoding strictly: every read names its limit. Call {@link Reader.end} after the last field. */
export class Reader {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  u8(): number {
    const octet = this.#octets[this.#at];
    if (octet === undefined) {
      throw new Rejected("TRUNCATED", "input");
    }
    this.#at++;
    return octet;
  }

  u16(): number {
    return this.u8() * 256 + this.u8();
  }

  u32(): number {
    const value = this.u16() * 65536 + this.u16();
    if (value > 0x7fffffff) {
      throw new Rejected("OUT_OF_RANGE", "u32");
    }
    return value;
  }

  u64(): bigint {
    let value = 0n;
    for (let i = 0; i < 8; i++) {
      value = (value << 8n) | BigInt(this.u8());
    }
    if (value > U64_MAX) {
      throw new Rejected("OUT_OF_RANGE", "u64");
    }
    return value;
  }

  bool(): boolean {
    return this.number(0, 1, this.u8(), "flag") === 1;
  }

  /** `value` if it lies in [min, max]. */
  number(min: number, max: number, value: number, what: string): number {
    if (value < min || value > max) {
      throw new Rejected("OUT_OF_RANGE", what);
    }
    return value;
  }

  /** Exactly `size` octets, a copy. */
  raw(size: number): Bytes {
    if (this.#octets.length - this.#at < size) {
      throw new Rejected("TRUNCATED", "input");
    }
    this.#at += size;
    return new Uint8Array(this.#octets.subarray(this.#at - size, this.#at));
  }

  /** u16 length, then at most `max` octets. */
  string(max: number, what: string): Bytes {
    return this.raw(this.number(0, max, this.u16(), what));
  }

  /** u32 length, then at most `max` octets. */
  field(max: number, what: string): Bytes {
    return this.raw(this.number(0, max, this.u32(), what));
  }

  /** u16 length, then at most `max` octets of well-formed UTF-8. */
  text(max: number, what: string): string {
    const read = text(this.string(max, what));
    if (read === undefined) {
      throw new Rejected("BAD_TEXT", what);
    }
    return read;
  }

  get remaining(): number {
    return this.#octets.length - this.#at;
  }

  end(): void {
    if (this.remaining > 0) {
      throw new Rejected("TRAILING", "input");
    }
  }

  /** Rejects anything but zeros up to the end. */
  padding(): void {
    while (this.remaining > 0) {
      if (this.u8() !== 0) {
        throw new Rejected("NOT_CANONICAL", "padding");
      }
    }
  }
}

/** Reads all of `octets`. */
export function decode<T>(octets: Uint8Array, read: (reader: Reader) => T): T {
  const reader = new Reader(octets);
  const value = read(reader);
  reader.end();
  return value;
}
