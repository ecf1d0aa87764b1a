import type { Bytes } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import type { Reader } from "../codec/reader.js";
import { Writer } from "../codec/writer.js";
import { hash } from "../crypto/hash.js";

/** Argon2id parameters (RFC 9106): m in KiB, passes t, lanes p. */
export interface KsfParameters {
  readonly memoryKibibytes: number;
  readonly passes: number;
  readonly lanes: number;
}

/** 64 MiB, three passes, one lane. */
export const KSF_DEFAULT: KsfParameters = { memoryKibibytes: 65536, passes: 3, lanes: 1 };

export function writeKsf(ksf: KsfParameters, out: Writer): void {
  out.u32(ksf.memoryKibibytes).u8(ksf.passes).u8(ksf.lanes);
}

export function readKsf(reader: Reader): KsfParameters {
  return {
    memoryKibibytes: reader.number(1, 1 << 20, reader.u32(), "KSF memory"),
    passes: reader.number(1, 64, reader.u8(), "KSF passes"),
    lanes: reader.number(1, 16, reader.u8(), "KSF lanes"),
  };
}

export function sameKsf(a: KsfParameters, b: KsfParameters): boolean {
  return a.memoryKibibytes === b.memoryKibibytes && a.passes === b.passes && a.lanes === b.lanes;
}

/** Every field that RegisterFinish stores (PROTOCOL.md §4.1). */
export interface Registration {
  readonly authKey: Bytes;
  readonly ownerKey: Bytes;
  readonly wrappedKey: Bytes;
  readonly limit: number;
  readonly ksf: KsfParameters;
  readonly id: Bytes;
}

export function writeRegistration(registration: Registration, out: Writer): void {
  out.raw(registration.authKey).raw(registration.ownerKey).string(registration.wrappedKey).u8(registration.limit);
  writeKsf(registration.ksf, out);
  out.raw(registration.id);
}

export function readRegistration(reader: Reader): Registration {
  return {
    authKey: reader.raw(Limits.DIGEST),
    ownerKey: reader.raw(Limits.DIGEST),
    wrappedKey: reader.raw(reader.number(1, Limits.WRAPPED_KEY_MAX, reader.u16(), "wrapped key")),
    limit: reader.number(1, Limits.GUESSES_MAX, reader.u8(), "guess limit"),
    ksf: readKsf(reader),
    id: reader.raw(Limits.DIGEST),
  };
}

export function registrationHash(registration: Registration): Bytes {
  const encoded = new Writer();
  writeRegistration(registration, encoded);
  return hash(tuple("registration-hash", encoded.bytes()));
}

export function wrappedKeyHash(registration: Registration): Bytes {
  return hash(tuple("wrapped-key-hash", registration.wrappedKey));
}
