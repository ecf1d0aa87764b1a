import { type Bytes, compare, hex } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import { decode, type Reader } from "../codec/reader.js";
import { Rejected } from "../codec/rejected.js";
import { hash } from "../crypto/hash.js";
import { threshold } from "./sharing.js";

/** What is frozen at the founding (PROTOCOL.md §2), apart from the tenants, which only HSMs need. */
export interface FleetSettings {
  readonly n: number;
  readonly t: number;
  readonly q: number;
  readonly guessLimitMax: number;
  readonly partitions: number;
  readonly replaceByLogin: boolean;
  readonly deleteByLogin: boolean;
}

/** The public half of one HSM. */
export interface HsmIdentity {
  readonly statementKey: Bytes;
  readonly sessionKey: Bytes;
  readonly model: string;
  readonly measurement: Bytes;
  readonly attestation: Bytes;
}

/** A fleet's public description; `id` is the hash over all of it. */
export interface Fleet {
  readonly id: Bytes;
  readonly settings: FleetSettings;
  /** HSM i stands at i−1. */
  readonly hsms: readonly HsmIdentity[];
}

export function isSimulated(hsm: HsmIdentity): boolean {
  return hsm.model.includes("SIMULATED");
}

/** HSM `index`, 1 to n. */
export function hsm(fleet: Fleet, index: number): HsmIdentity {
  const found = fleet.hsms[index - 1];
  if (found === undefined) {
    throw new Rejected("OUT_OF_RANGE", "HSM index");
  }
  return found;
}

/** How Java orders strings, which is how tenants are sorted: by UTF-16 units, as JavaScript does. */
function ascending(before: string, after: string): boolean {
  return before < after;
}

function readTenants(reader: Reader): void {
  let before: string | undefined;
  for (let left = reader.number(1, Limits.TENANTS_MAX, reader.u8(), "tenants"); left > 0; left--) {
    const tenant = reader.text(Limits.TENANT_MAX, "tenant");
    reader.raw(Limits.DIGEST);
    if (tenant === "") {
      throw new Rejected("OUT_OF_RANGE", "tenant");
    }
    if (before !== undefined && !ascending(before, tenant)) {
      throw new Rejected("NOT_CANONICAL", "tenants are sorted and distinct");
    }
    before = tenant;
  }
}

function readSettings(reader: Reader): FleetSettings {
  const n = reader.u8();
  const t = reader.u8();
  const q = reader.u8();
  const guessLimitMax = reader.number(1, Limits.GUESSES_MAX, reader.u8(), "guess limit");
  const partitions = reader.number(1, Limits.PARTITIONS_MAX, reader.u16(), "partitions");
  readTenants(reader);
  const settings = { n, t, q, guessLimitMax, partitions };
  if (![3, 5, 7].includes(n) || t !== threshold(n) || q < t || q > n) {
    throw new Rejected("OUT_OF_RANGE", "fleet settings");
  }
  return { ...settings, replaceByLogin: reader.bool(), deleteByLogin: reader.bool() };
}

function readIdentity(reader: Reader): HsmIdentity {
  return {
    statementKey: reader.raw(Limits.DIGEST),
    sessionKey: reader.raw(Limits.DIGEST),
    model: reader.text(Limits.MODEL_MAX, "model"),
    measurement: reader.raw(Limits.DIGEST),
    attestation: reader.string(Limits.ATTESTATION_MAX, "attestation"),
  };
}

/** Decodes and validates. The caller compares the id with the one it trusts. */
export function decodeFleet(encoded: Bytes): Fleet {
  return decode(encoded, (reader) => {
    const settings = readSettings(reader);
    const count = reader.number(settings.n, settings.n, reader.u8(), "number of HSMs");
    const hsms = Array.from({ length: count }, () => readIdentity(reader));
    const keys = hsms.flatMap((one) => [hex(one.statementKey), hex(one.sessionKey)]);
    if (new Set(keys).size !== keys.length) {
      throw new Rejected("BAD_FOUNDING", "one key twice");
    }
    return { id: hash(tuple("fleet-id", encoded)), settings, hsms };
  });
}

/** Whether two ids name the same fleet. */
export function sameFleet(a: Bytes, b: Bytes): boolean {
  return compare(a, b) === 0;
}
