import { type Bytes, equal, hex, wipe, zeros } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import { decode, type Reader } from "../codec/reader.js";
import { accepted } from "../codec/rejected.js";
import { Writer } from "../codec/writer.js";
import { hash } from "../crypto/hash.js";
import type { ChainValues } from "../protocol/chain.js";
import { encodeSubject, type Subject } from "../protocol/subject.js";
import { decodeSeen, encodeSeen, NOTHING_SEEN, type SeenBundles } from "../transparency/memory.js";
import {
  encodeEnrolment,
  encodeRecovery,
  type PendingEnrolment,
  type PendingRecovery,
  readEnrolment,
  readRecovery,
} from "./pending.js";
import type { ClientMemory } from "./ports.js";
import { lie, repeat } from "./reasons.js";

/** How far this device has seen a chain, by verified certificates alone (INV-7). */
export interface Seen {
  readonly epoch: bigint;
  readonly k: bigint;
  readonly head: Bytes;
}

const NOTHING: Seen = { epoch: 0n, k: 0n, head: zeros(Limits.DIGEST) };

/** Refuses another history; an older k is let pass, as of a node that lags. */
export function checkHistory(seen: Seen, values: ChainValues): void {
  if (values.k === seen.k && !equal(values.head, seen.head)) {
    throw lie("forked");
  }
}

/** Refuses what is older than what was seen, or another history. */
export function checkSeen(seen: Seen, values: ChainValues): void {
  if (values.k < seen.k) {
    throw lie("rolled-back");
  }
  checkHistory(seen, values);
}

/** The newer of what was seen and verified `values`. */
export function advanced(seen: Seen, epoch: bigint, values: ChainValues): Seen {
  const newestEpoch = epoch > seen.epoch ? epoch : seen.epoch;
  return values.k > seen.k ? { epoch: newestEpoch, k: values.k, head: values.head } : { ...seen, epoch: newestEpoch };
}

/** The last registration that this device saw certified, whatever the fleet. */
export interface Registered {
  readonly fleetId: Bytes;
  readonly generation: bigint;
  readonly hash: Bytes;
}

/** Where a fleet was found that passed the verification. */
export interface Way {
  readonly fleetId: Bytes;
  readonly address: string;
}

const WAYS_MAX = 4;
const ADDRESS_MAX = 1500;

function subjectName(kind: string, subject: Subject): string {
  return `${kind}-${hex(hash(tuple("client-memory", encodeSubject(subject))))}`;
}

/** Without the fleet: a device that comes to a new fleet has to find what it had at the old one. */
function accountName(kind: string, { tenant, account, slot }: Subject): string {
  return `${kind}-${hex(hash(tuple("client-memory", tenant, account, slot)))}`;
}

/** What a client keeps, typed. Whatever is sent has been stored before, so a failure here loses nothing. */
export class Memory {
  readonly #port: ClientMemory;

  constructor(port: ClientMemory) {
    this.#port = port;
  }

  async seen(fleetId: Bytes, partition: number): Promise<Seen> {
    const read = (r: Reader) => ({ epoch: r.u64(), k: r.u64(), head: r.raw(Limits.DIGEST) });
    return (await this.#load(`chain-${hex(fleetId)}-${partition}`, read)) ?? NOTHING;
  }

  rememberSeen(fleetId: Bytes, partition: number, seen: Seen): Promise<void> {
    const value = new Writer().u64(seen.epoch).u64(seen.k).raw(seen.head).bytes();
    return this.#store(`chain-${hex(fleetId)}-${partition}`, value);
  }

  recovery(subject: Subject): Promise<PendingRecovery | undefined> {
    return this.#load(subjectName("recovery", subject), readRecovery);
  }

  /** Called before anything of it is sent. */
  keepRecovery(subject: Subject, pending: PendingRecovery): Promise<void> {
    return this.#store(subjectName("recovery", subject), encodeRecovery(pending));
  }

  dropRecovery(subject: Subject): Promise<void> {
    return this.#erase(subjectName("recovery", subject));
  }

  enrolment(subject: Subject): Promise<PendingEnrolment | undefined> {
    return this.#load(subjectName("enrolment", subject), readEnrolment);
  }

  keepEnrolment(subject: Subject, pending: PendingEnrolment): Promise<void> {
    return this.#store(subjectName("enrolment", subject), encodeEnrolment(pending));
  }

  dropEnrolment(subject: Subject): Promise<void> {
    return this.#erase(subjectName("enrolment", subject));
  }

  registered(subject: Subject): Promise<Registered | undefined> {
    const read = (r: Reader) => ({ fleetId: r.raw(Limits.DIGEST), generation: r.u64(), hash: r.raw(Limits.DIGEST) });
    return this.#load(accountName("registered", subject), read);
  }

  rememberRegistered(subject: Subject, generation: bigint, registrationHash: Bytes): Promise<void> {
    const value = new Writer().raw(subject.fleetId).u64(generation).raw(registrationHash).bytes();
    return this.#store(accountName("registered", subject), value);
  }

  /** The registration is deleted or gone, unless it is with another fleet by now. */
  async dropRegistered(subject: Subject): Promise<void> {
    const registered = await this.registered(subject);
    if (registered !== undefined && equal(registered.fleetId, subject.fleetId)) {
      await this.#erase(accountName("registered", subject));
    }
  }

  /** The fleet whose slot is to be deleted, now that the registration is with another. */
  leaving(subject: Subject): Promise<Bytes | undefined> {
    return this.#load(accountName("leaving", subject), (reader) => reader.raw(Limits.DIGEST));
  }

  /** Called before a registration with another fleet begins. */
  leave(subject: Subject): Promise<void> {
    return this.#store(accountName("leaving", subject), subject.fleetId.slice());
  }

  left(subject: Subject): Promise<void> {
    return this.#erase(accountName("leaving", subject));
  }

  /** Where other fleets were found, the newest first. */
  async ways(): Promise<Way[]> {
    const read = (reader: Reader) =>
      Array.from({ length: reader.number(0, WAYS_MAX, reader.u8(), "ways") }, () => ({
        fleetId: reader.raw(Limits.DIGEST),
        address: reader.text(ADDRESS_MAX, "address"),
      }));
    return (await this.#load("ways", read)) ?? [];
  }

  async rememberWay(way: Way): Promise<void> {
    const before = await this.ways();
    if (before.some((one) => equal(one.fleetId, way.fleetId) && one.address === way.address)) {
      return;
    }
    const ways = [way, ...before.filter((one) => !equal(one.fleetId, way.fleetId))].slice(0, WAYS_MAX);
    const out = new Writer().u8(ways.length);
    for (const one of ways) {
      out.raw(one.fleetId).string(one.address);
    }
    await this.#store("ways", out.bytes());
  }

  /** What was seen of bundles. */
  async bundles(): Promise<SeenBundles> {
    const kept = await this.#read("bundles");
    if (kept === undefined) {
      return NOTHING_SEEN;
    }
    const seen = decodeSeen(kept);
    if (seen === undefined) {
      // Going on as if nothing had been seen would let everything older pass.
      throw lie("memory-damaged");
    }
    return seen;
  }

  rememberBundles(seen: SeenBundles): Promise<void> {
    return this.#store("bundles", encodeSeen(seen));
  }

  async #load<T>(name: string, read: (reader: Reader) => T): Promise<T | undefined> {
    const kept = await this.#read(name);
    if (kept === undefined) {
      return undefined;
    }
    const value = accepted(() => decode(kept, read));
    wipe(kept);
    if (value === undefined) {
      // Going on as if there were nothing would forget a rollback, or burn a guess.
      throw lie("memory-damaged");
    }
    return value;
  }

  async #read(name: string): Promise<Bytes | undefined> {
    try {
      return await this.#port.load(name);
    } catch {
      throw repeat("memory");
    }
  }

  async #store(name: string, value: Bytes): Promise<void> {
    try {
      await this.#port.store(name, value);
    } catch {
      throw repeat("memory");
    } finally {
      wipe(value);
    }
  }

  async #erase(name: string): Promise<void> {
    try {
      await this.#port.erase(name);
    } catch {
      throw repeat("memory");
    }
  }
}
