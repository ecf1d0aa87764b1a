import { type Bytes, equal } from "../codec/bytes.js";
import { accepted } from "../codec/rejected.js";
import type { FleetDelivery } from "../protocol/answer.js";
import { type Certificate, verifyCertificate } from "../protocol/chain.js";
import type { Fleet } from "../protocol/fleet.js";
import { encodeSeen, NOTHING_SEEN } from "../transparency/memory.js";
import { type Anchor, type Authentic, type Purpose, type Verdict, verifyFleet } from "../transparency/verifier.js";
import type { Memory } from "./memory.js";
import type { ClientPolicy } from "./policy.js";
import { type Distrust, distrustOf, lie } from "./reasons.js";

/** What a verified bundle says about where to go. */
export interface Listing {
  readonly active: readonly Bytes[];
  readonly retiring: readonly Bytes[];
  readonly epoch: bigint;
  readonly stale: boolean;
}

/** A fleet that has passed the verification, with the certificates that came along, not verified. */
export interface TrustedFleet {
  readonly fleet: Fleet;
  /** None for a pinned fleet. */
  readonly listing: Listing | undefined;
  readonly certificates: readonly Certificate[];
}

/** The verdict on a delivery. */
export type TrustVerdict =
  | { readonly kind: "trusted"; readonly trusted: TrustedFleet }
  /** The bundle holds, and this fleet may not be used: the bundle says where to go. */
  | { readonly kind: "elsewhere"; readonly listing: Listing; readonly reason: Distrust }
  | { readonly kind: "untrusted"; readonly reason: Distrust };

export function includesFleet(fleets: readonly Bytes[], fleet: Bytes): boolean {
  return fleets.some((one) => equal(one, fleet));
}

function listing({ bundle, stale }: Authentic): Listing {
  const inState = (state: string) => bundle.fleets.filter((fleet) => fleet.state === state).map(({ id }) => id);
  return { active: inState("active"), retiring: inState("retiring"), epoch: bundle.epoch, stale };
}

/** A clock beyond this many seconds is not set. */
const SECONDS_MAX = 2 ** 40;

/** Decides whether a delivery describes a fleet to talk to (INV-9). */
export class FleetTrust {
  readonly policy: ClientPolicy;
  readonly #anchor: Anchor;
  readonly #memory: Memory;
  readonly #seconds: () => number;

  constructor(anchor: Anchor, policy: ClientPolicy, memory: Memory, seconds: () => number) {
    this.#anchor = anchor;
    this.policy = policy;
    this.#memory = memory;
    this.#seconds = seconds;
  }

  /** What the verification says and found. What was seen is stored before this ends. */
  async inspect(delivery: FleetDelivery, purpose: Purpose): Promise<Verdict | undefined> {
    const pinned = this.#anchor.kind === "pin";
    const before = pinned ? NOTHING_SEEN : await this.#memory.bundles();
    const seconds = Math.floor(this.#seconds());
    if (!pinned && !(seconds >= 0 && seconds <= SECONDS_MAX)) {
      return undefined;
    }
    const now = pinned ? 0n : BigInt(seconds);
    const verdict = verifyFleet(this.#anchor, this.policy.floor, delivery, delivery.fleet, purpose, now, before);
    if (!equal(encodeSeen(verdict.memory), encodeSeen(before))) {
      await this.#memory.rememberBundles(verdict.memory);
    }
    return verdict;
  }

  /** Verifies everything about the delivery but the certificates. What was seen is stored before a fleet is used. */
  async verify(delivery: FleetDelivery, purpose: Purpose): Promise<TrustVerdict> {
    const { fleet, certificates } = delivery;
    const { floor } = this.policy;
    const verdict = await this.inspect(delivery, purpose);
    if (verdict === undefined) {
      return { kind: "untrusted", reason: "out-of-time" };
    }
    const all = verdict.bundle === undefined ? undefined : listing(verdict.bundle);
    if (verdict.kind === "trusted") {
      return { kind: "trusted", trusted: { fleet, listing: all, certificates } };
    }
    const reason = distrustOf(verdict.step, fleet, floor);
    if (all === undefined) {
      return { kind: "untrusted", reason };
    }
    // The bundle itself is good, so whoever runs this fleet cannot keep anyone from the others: neither by its state,
    // nor by not being listed any more, nor by being below this app's floor.
    const without = (fleets: readonly Bytes[]) => fleets.filter((id) => !equal(id, fleet.id));
    const others = { ...all, active: without(all.active), retiring: without(all.retiring) };
    return { kind: "elsewhere", listing: verdict.step === "FLEET_STATE" ? all : others, reason };
  }
}

/**
 * The newest delivered certificate of a partition, verified. A bad one among them is never noise: nobody is talked to
 * then.
 */
export function newestCertificate(trusted: TrustedFleet, partition: number): Certificate | undefined {
  const own = trusted.certificates.filter(({ values }) => values.partition === partition);
  const verified = accepted(() => {
    for (const certificate of own) {
      verifyCertificate(certificate, trusted.fleet);
    }
    return own.reduce<Certificate | undefined>(
      (newest, one) => (newest === undefined || one.values.k > newest.values.k ? one : newest),
      undefined,
    );
  });
  if (verified === undefined && own.length > 0) {
    throw lie("bad-certificate");
  }
  return verified;
}
