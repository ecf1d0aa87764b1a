import { type Bytes, invariant, utf8 } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import type { Reader } from "../codec/reader.js";
import { Rejected } from "../codec/rejected.js";
import { Writer } from "../codec/writer.js";
import { hash } from "../crypto/hash.js";

/** Every slot there is (PROTOCOL.md §3). */
export const SLOTS = [
  "code",
  "passkey-1",
  "passkey-2",
  "passkey-3",
  "passkey-4",
  "passkey-5",
  "passkey-6",
  "passkey-7",
  "passkey-8",
] as const;

/** One of the unlocks of a K; each has its own code and guess limit. */
export type Slot = (typeof SLOTS)[number];

/** Whose record. */
export interface Subject {
  readonly fleetId: Bytes;
  readonly tenant: string;
  readonly account: string;
  readonly slot: Slot;
}

function isSlot(text: string): text is Slot {
  return (SLOTS as readonly string[]).includes(text);
}

/** Fails on names that no vault accepts, before anything is sent. */
export function checkNames(tenant: string, account: string, slot: string): void {
  const fits = (text: string, max: number) => {
    const size = utf8(text).length;
    return size >= 1 && size <= max && text.isWellFormed();
  };
  invariant(fits(tenant, Limits.TENANT_MAX), "a tenant has 1 to 32 octets");
  invariant(fits(account, Limits.ACCOUNT_MAX), "an account has 1 to 64 octets");
  invariant(isSlot(slot), "a slot is code or passkey-1 to passkey-8");
}

export function encodeSubject(subject: Subject): Bytes {
  return new Writer().raw(subject.fleetId).string(subject.tenant).string(subject.account).string(subject.slot).bytes();
}

export function readSubject(reader: Reader): Subject {
  const fleetId = reader.raw(Limits.DIGEST);
  const tenant = reader.text(Limits.TENANT_MAX, "tenant");
  const account = reader.text(Limits.ACCOUNT_MAX, "account");
  const slot = reader.text(Limits.SLOT_MAX, "slot");
  if (tenant === "" || account === "" || !isSlot(slot)) {
    throw new Rejected("OUT_OF_RANGE", "subject");
  }
  return { fleetId, tenant, account, slot };
}

/** The partition that a subject belongs to, 0 to partitions−1. */
export function partitionOf(subject: Subject, partitions: number): number {
  const digest = hash(tuple("partition", encodeSubject(subject)));
  const first = digest.subarray(0, 7).reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
  return Number(first % BigInt(partitions));
}
