import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import { type Bytes, concat, hex } from "../codec/bytes.js";
import type { BackupSecret } from "../secret/secrets.js";
import { BackupKey, type ObjectKind } from "./keys.js";
import { BackupLimits } from "./listing.js";

/** What a store says about an object. */
export interface StoredObject {
  /** The whole name. */
  readonly name: string;
  /** In octets. */
  readonly size: number;
}

/** Where objects are kept. Trusted for nothing: whatever it returns is verified. */
export interface ObjectReader {
  /** The object of that name; nothing if there is none. More than `sizeMax` octets are an error. */
  get(name: string, sizeMax: number): Promise<Bytes | undefined>;
  /**
   * What starts with `prefix`, in no particular order. With sizes where the store can tell them: without, an object that was
   * cut off counts as stored, and no backup mends it.
   */
  list(prefix: string): AsyncIterable<string | StoredObject>;
}

/** A store that is written to. */
export interface ObjectStore extends ObjectReader {
  /** Stores all or nothing, and durably once it resolves. Replaces. */
  put(name: string, content: Bytes): Promise<void>;
}

/** An object is missing, damaged or forged; restore what needs it from another snapshot. */
export class DamagedObject extends Error {
  readonly object: string;

  constructor(object: string, fault: string) {
    super(`${object} ${fault}`);
    this.name = "DamagedObject";
    this.object = object;
  }
}

const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0x10, 0, 0, 0, 0, 0, 255);
const TRAILER = 8;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, octet) => {
  let value = octet;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

function crc32(octets: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of octets) {
    crc = (CRC_TABLE[(crc ^ octet) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** The smallest Padmé length that is at least `size`: at most 12 % more, for large objects at most 3 %. */
export function padded(size: number): number {
  if (size < 256) {
    return 256;
  }
  const exponent = 31 - Math.clz32(size);
  const mask = 2 ** (exponent - (32 - Math.clz32(exponent))) - 1;
  return (size + mask) & ~mask;
}

/** Octets in front of the content of an age file with one X25519 recipient. */
const AGE_HEADER = 168 + 16;
/** age encrypts in pieces of 64 KiB, each with a tag. */
const CHUNK = 64 << 10;
const TAG = 16;

/**
 * Whether a whole object can have that size. Few are possible, because what is encrypted is padded: most objects that were
 * cut, or grew, show it in a listing, without being read.
 */
export function isPossibleSize(size: number): boolean {
  const sealed = size - AGE_HEADER;
  const content = sealed - Math.ceil(sealed / (CHUNK + TAG)) * TAG;
  return size <= BackupLimits.OBJECT_MAX && content > 0 && padded(content) === content;
}

/** What starts with `prefix`; whether an object can be whole, as far as the store tells. */
export async function* listed(
  store: ObjectReader,
  prefix: string,
): AsyncGenerator<{ readonly name: string; readonly possible: boolean }, void, void> {
  for await (const object of store.list(prefix)) {
    yield typeof object === "string"
      ? { name: object, possible: true }
      : { name: object.name, possible: isPossibleSize(object.size) };
  }
}

async function through(octets: Bytes, stream: ReadableWritablePair<Uint8Array, BufferSource>, max: number) {
  const reader = new Blob([octets]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.length;
    if (size > max) {
      await reader.cancel();
      return undefined;
    }
    parts.push(chunk.value);
  }
  return concat(...parts);
}

/** A gzip file whose padding stands in the header's comment, which every reader skips: lengths tell less. */
export async function pack(content: Bytes): Promise<Bytes> {
  const body = (await through(content, new CompressionStream("deflate-raw"), Number.POSITIVE_INFINITY)) as Bytes;
  const least = HEADER.length + 1 + body.length + TRAILER;
  const comment = new Uint8Array(padded(least) - least + 1).fill(0x20);
  comment[comment.length - 1] = 0;
  const trailer = new DataView(new ArrayBuffer(TRAILER));
  trailer.setUint32(0, crc32(content), true);
  trailer.setUint32(4, content.length, true);
  return concat(HEADER, comment, body, new Uint8Array(trailer.buffer));
}

/** The content of a gzip file of one member and at most 4 MiB; nothing for anything else. */
export async function unpack(file: Bytes): Promise<Bytes | undefined> {
  if (file.length < HEADER.length + TRAILER) {
    return undefined;
  }
  try {
    const content = await through(file, new DecompressionStream("gzip"), BackupLimits.OBJECT_PLAIN_MAX);
    // Some platforms go on with a second member, others do not: the last one's size tells.
    const size = new DataView(file.buffer, file.byteOffset + file.length - 4).getUint32(0, true);
    return content?.length === size ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Objects as the store holds them: gzip inside age, named by a MAC of the plaintext. */
export class SealedObjects {
  readonly #store: ObjectReader;
  readonly #key: BackupKey;
  readonly #decrypter = new Decrypter();

  constructor(store: ObjectReader, secret: BackupSecret) {
    this.#store = store;
    this.#key = new BackupKey(secret);
    this.#decrypter.addIdentity(this.#key.identity());
  }

  /** The MAC that names this content, in hexadecimal. */
  mac(kind: ObjectKind, content: Uint8Array): string {
    return hex(this.#key.name(kind, content));
  }

  /** The verified plaintext of the object at `path`, whose name carries `mac`. */
  async read(kind: ObjectKind, path: string, mac: string): Promise<Bytes> {
    const object = await this.#store.get(path, BackupLimits.OBJECT_MAX);
    if (object === undefined) {
      throw new DamagedObject(path, "is missing");
    }
    let file: Uint8Array;
    try {
      file = await this.#decrypter.decrypt(object);
    } catch {
      throw new DamagedObject(path, "is damaged");
    }
    const content = await unpack(new Uint8Array(file));
    if (content === undefined) {
      throw new DamagedObject(path, "is damaged");
    }
    if (this.mac(kind, content) !== mac) {
      throw new DamagedObject(path, "holds something else than its name says");
    }
    return content;
  }

  /** Compresses, pads and encrypts. */
  async seal(content: Bytes): Promise<Bytes> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(this.#key.identity()));
    return new Uint8Array(await encrypter.encrypt(await pack(content)));
  }

  /** Erases the keys. */
  close(): void {
    this.#key.destroy();
  }
}
