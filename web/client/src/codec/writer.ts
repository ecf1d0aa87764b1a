import { type Bytes, invariant, utf8, wipe } from "./bytes.js";
import { U64_MAX } from "./limits.js";

/** Writes the one canonical encoding (PROTOCOL.md §1.1). Readers enforce limits. */
export class Writer {
  #octets: Bytes = new Uint8Array(256);
  #size = 0;

  #reserve(more: number): void {
    if (this.#size + more > this.#octets.length) {
      const outgrown = this.#octets;
      this.#octets = new Uint8Array(Math.max(2 * outgrown.length, this.#size + more));
      this.#octets.set(outgrown);
      wipe(outgrown);
    }
  }

  u8(value: number): this {
    invariant(Number.isInteger(value) && value >= 0 && value <= 0xff, "u8 range");
    this.#reserve(1);
    this.#octets[this.#size++] = value;
    return this;
  }

  u16(value: number): this {
    invariant(value >= 0 && value <= 0xffff, "u16 range");
    return this.u8(value >>> 8).u8(value & 0xff);
  }

  u32(value: number): this {
    invariant(value >= 0 && value <= 0x7fffffff, "u32 range");
    return this.u16(value >>> 16).u16(value & 0xffff);
  }

  u64(value: bigint): this {
    invariant(value >= 0n && value <= U64_MAX, "u64 range");
    for (let shift = 56n; shift >= 0n; shift -= 8n) {
      this.u8(Number((value >> shift) & 0xffn));
    }
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** The octets as they are, no length. */
  raw(octets: Uint8Array): this {
    this.#reserve(octets.length);
    this.#octets.set(octets, this.#size);
    this.#size += octets.length;
    return this;
  }

  /** u16 length, then the octets or UTF-8. */
  string(value: Uint8Array | string): this {
    const octets = typeof value === "string" ? utf8(value) : value;
    return this.u16(octets.length).raw(octets);
  }

  /** u32 length, then the octets, UTF-8, or a number of eight octets: one member of a tuple. */
  field(value: Uint8Array | string | number | bigint): this {
    if (typeof value === "number" || typeof value === "bigint") {
      return this.u32(8).u64(BigInt(value));
    }
    const octets = typeof value === "string" ? utf8(value) : value;
    return this.u32(octets.length).raw(octets);
  }

  get size(): number {
    return this.#size;
  }

  /** Zeros up to `size` octets in all. */
  padTo(size: number): this {
    invariant(this.#size <= size, "it fits its padded size");
    return this.raw(new Uint8Array(size - this.#size));
  }

  /** A copy of what was written. */
  bytes(): Bytes {
    return this.#octets.slice(0, this.#size);
  }

  /** What was written; this writer is overwritten, for encodings that hold a secret. */
  take(): Bytes {
    const taken = this.bytes();
    wipe(this.#octets);
    this.#size = 0;
    return taken;
  }
}
