import { type Bytes, equal, hex } from "../codec/bytes.js";
import type { FleetDelivery } from "../protocol/answer.js";
import { type Fleet, isSimulated } from "../protocol/fleet.js";
import {
  BUNDLE_MAX,
  type Bundle,
  describes,
  FLEET_STATES,
  type ListedFleet,
  listed,
  parseBundle,
  policyNotes,
} from "./bundle.js";
import { FLEETS_SEEN_MAX, type SeenBundles, type SeenFleet } from "./memory.js";
import { decodeNote, keyText, parseNote, verifyNote } from "./note.js";
import { checkLog, quorumAt, witnessTimes } from "./policy.js";
import { Refused } from "./text.js";
import { type Checkpoint, checkInclusion, decodeProof, leafHash } from "./tlog.js";
import { followPolicies, parsePolicyChain, type TrustPolicy, trustPolicyHash } from "./trust-policy.js";

/** The steps of a verification, in their order (docs/transparency.md §4). The first that fails is the answer. */
export const STEPS = [
  "FORM",
  "TRUST_POLICY",
  "OPERATOR_SIGNATURE",
  "NOTARY_SIGNATURE",
  "GRAMMAR",
  "NAMED_POLICY",
  "LOG_SIGNATURE",
  "WITNESS_QUORUM",
  "INCLUSION",
  "NEWEST_LEAF",
  "FRESHNESS",
  "VALIDITY",
  "MEMORY",
  "FLEET_HISTORY",
  "FLEET_STATE",
  "PIN",
  "CLIENT_FLOOR",
  "LISTED_KEYS",
] as const;
export type Step = (typeof STEPS)[number];

/** What an app compiles in: who decides on fleets, or one fleet's id. */
export type Anchor =
  | { readonly kind: "roots"; readonly policy: TrustPolicy }
  | { readonly kind: "pin"; readonly fleetId: Bytes };

export type Purpose = "register" | "recover";

/** What an app accepts of any fleet, compiled in: no bundle can lower it. */
export interface ClientFloor {
  readonly hsmsMin: number;
  readonly quorumMin: number;
  /** The development switch: software HSMs protect nothing against their host. */
  readonly simulatedAllowed: boolean;
  /** Digests of HSM programs in hexadecimal; none: leave that to the notary. */
  readonly measurements: readonly string[];
  readonly epochMin: bigint;
  readonly policyMin: bigint;
  readonly skewSeconds: bigint;
}

/** Five HSMs, a quorum of three, nothing simulated, five minutes. */
export const FLOOR_DEFAULT: ClientFloor = {
  hsmsMin: 5,
  quorumMin: 3,
  simulatedAllowed: false,
  measurements: [],
  epochMin: 1n,
  policyMin: 1n,
  skewSeconds: 300n,
};

/** For a fleet on a developer's machine. */
export const FLOOR_DEVELOPMENT: ClientFloor = { ...FLOOR_DEFAULT, hsmsMin: 3, quorumMin: 2, simulatedAllowed: true };

/** A bundle that passed every step which does not depend on the fleet that answered. */
export interface Authentic {
  readonly bundle: Bundle;
  readonly quorumTime: bigint;
  /** Older than the policy's soft maximum age: go on, and say so. */
  readonly stale: boolean;
}

export type Verdict =
  | {
      readonly kind: "trusted";
      readonly bundle: Authentic | undefined;
      readonly memory: SeenBundles;
      readonly findings: Findings;
    }
  | {
      readonly kind: "distrusted";
      readonly step: Step;
      readonly reason: string;
      /** There if the bundle itself is good and only this fleet is not. */
      readonly bundle: Authentic | undefined;
      readonly memory: SeenBundles;
      readonly findings: Findings;
    };

class Failure extends Error {
  readonly step: Step;

  constructor(step: Step, reason: string) {
    super(reason);
    this.step = step;
  }
}

function unless(holds: boolean, step: Step, reason: string): asserts holds {
  if (!holds) {
    throw new Failure(step, reason);
  }
}

/** What a verification has established: each part is there once the step that covers it has passed. */
export interface Findings {
  /** The steps that passed, in their order. */
  readonly passed: readonly Step[];
  /** After `TRUST_POLICY`. */
  readonly policy?: TrustPolicy;
  /** After `GRAMMAR`. */
  readonly bundle?: Bundle;
  /** After `LOG_SIGNATURE`. */
  readonly checkpoint?: Checkpoint;
  /** The policy's witnesses, each with the time of its cosignature, if it gave one. After `WITNESS_QUORUM`. */
  readonly witnesses?: readonly Sighting[];
  readonly quorumTime?: bigint;
}

/** A witness, and when it saw the checkpoint, in seconds since 1970. */
export interface Sighting {
  readonly name: string;
  readonly time: bigint | undefined;
}

/** One verification on its way. */
class Course {
  readonly passed: Step[] = [];
  found: Omit<Findings, "passed"> = {};

  at<T>(step: Step, attempt: () => T): T {
    try {
      const result = attempt();
      this.passed.push(step);
      return result;
    } catch (error) {
      if (error instanceof Refused) {
        throw new Failure(step, error.what);
      }
      throw error;
    }
  }

  get findings(): Findings {
    return { passed: this.passed, ...this.found };
  }
}

type Delivered = Pick<FleetDelivery, "note" | "logProof" | "trustPolicies">;

/** The steps up to FLEET_HISTORY: all that does not depend on who answered. */
function verifyBundle(
  compiledIn: TrustPolicy,
  floor: ClientFloor,
  delivery: Delivered,
  now: bigint,
  memory: SeenBundles,
  course: Course,
): [Authentic, SeenBundles] {
  const [outer, proof, chain] = course.at("FORM", () => [
    decodeNote(delivery.note, BUNDLE_MAX),
    decodeProof(delivery.logProof),
    parsePolicyChain(policyNotes(delivery)),
  ]);
  const seen = memory.epoch === 0n ? undefined : memory.policy;
  const policy = course.at("TRUST_POLICY", () => followPolicies(chain, compiledIn, seen));
  course.found = { policy };
  const counterSigned = course.at("OPERATOR_SIGNATURE", () => verifyNote(outer, [policy.operator]).text);
  const statement = course.at("NOTARY_SIGNATURE", () => verifyNote(parseNote(counterSigned), [policy.notary]).text);
  const bundle = course.at("GRAMMAR", () => {
    const read = parseBundle(statement);
    unless(read.namespace === policy.namespace, "GRAMMAR", "another namespace");
    return read;
  });
  course.found = { policy, bundle };
  course.at("NAMED_POLICY", () => {
    const named = bundle.trustPolicy === policy.version && equal(bundle.trustPolicyHash, trustPolicyHash(policy));
    unless(named, "NAMED_POLICY", "the bundle names another trust policy than the chain ends with");
  });
  const checkpoint = course.at("LOG_SIGNATURE", () => checkLog(policy.log, proof.checkpoint));
  course.found = { policy, bundle, checkpoint };
  const [times, quorumTime] = course.at("WITNESS_QUORUM", () => {
    const seen = witnessTimes(policy.log, proof.checkpoint);
    const time = quorumAt(policy.log, seen);
    unless(time !== undefined, "WITNESS_QUORUM", "a policy without a quorum");
    return [seen, time];
  });
  const witnesses = policy.log.witnesses.map(({ name, key }) => ({ name, time: times.get(keyText(key)) }));
  course.found = { policy, bundle, checkpoint, witnesses, quorumTime };
  const leaf = leafHash(delivery.note);
  course.at("INCLUSION", () => checkInclusion(proof.index, checkpoint.size, leaf, proof.hashes, checkpoint.root));
  // Append-only plus a fresh cosignature of the newest leaf: no newer bundle existed then (INV-7).
  course.at("NEWEST_LEAF", () =>
    unless(proof.index === checkpoint.size - 1n, "NEWEST_LEAF", "a newer bundle was logged"),
  );
  checkTimes(policy, floor, bundle, quorumTime, now, course);
  course.at("MEMORY", () => checkMemory(policy, floor, bundle, checkpoint, leaf, memory));
  const fleets = course.at("FLEET_HISTORY", () => checkHistory(policy, bundle, quorumTime, memory));
  const remembered: SeenBundles = {
    epoch: bundle.epoch,
    leaf,
    origin: checkpoint.origin,
    size: checkpoint.size,
    root: checkpoint.root,
    quorumTime: quorumTime > memory.quorumTime ? quorumTime : memory.quorumTime,
    policy: { version: policy.version, hash: trustPolicyHash(policy) },
    fleets,
  };
  return [{ bundle, quorumTime, stale: now - quorumTime > policy.maxAgeSoft }, remembered];
}

function checkTimes(
  policy: TrustPolicy,
  floor: ClientFloor,
  bundle: Bundle,
  quorumTime: bigint,
  now: bigint,
  course: Course,
): void {
  course.at("FRESHNESS", () => {
    unless(quorumTime - floor.skewSeconds <= now, "FRESHNESS", "the witnesses' time is in the future");
    unless(now - quorumTime <= policy.maxAgeHard, "FRESHNESS", "no quorum of witnesses has seen this recently");
  });
  course.at("VALIDITY", () => {
    unless(bundle.notBefore - floor.skewSeconds <= now, "VALIDITY", "not valid yet");
    unless(now <= bundle.notAfter, "VALIDITY", "no longer valid");
  });
}

function checkMemory(
  policy: TrustPolicy,
  floor: ClientFloor,
  bundle: Bundle,
  checkpoint: Checkpoint,
  leaf: Bytes,
  memory: SeenBundles,
): void {
  unless(bundle.epoch >= floor.epochMin && bundle.policy >= floor.policyMin, "MEMORY", "older than this app");
  unless(bundle.epoch >= memory.epoch, "MEMORY", "an older epoch than before");
  unless(bundle.epoch !== memory.epoch || equal(leaf, memory.leaf), "MEMORY", "two bundles of one epoch");
  if (checkpoint.origin !== memory.origin) {
    // Only the roots can move a namespace to another log, by a newer policy.
    const moved = memory.epoch === 0n || policy.version > memory.policy.version;
    unless(moved, "MEMORY", "another log under the same policy");
    return;
  }
  unless(checkpoint.size >= memory.size, "MEMORY", "a shorter log than before");
  const same = checkpoint.size !== memory.size || equal(checkpoint.root, memory.root);
  unless(same, "MEMORY", "two logs of one size: keep what was delivered, it proves a fork");
}

function checkHistory(
  policy: TrustPolicy,
  bundle: Bundle,
  quorumTime: bigint,
  memory: SeenBundles,
): Map<string, SeenFleet> {
  const fleets = new Map<string, SeenFleet>();
  // Only a revoked fleet is dropped, so one that is gone was revoked, and never comes back.
  for (const [id, past] of memory.fleets) {
    fleets.set(id, { state: "revoked", absentUntil: past.absentUntil });
  }
  for (const fleet of bundle.fleets) {
    const past = memory.fleets.get(hex(fleet.id));
    const mayFollow = past === undefined || FLEET_STATES.indexOf(fleet.state) >= FLEET_STATES.indexOf(past.state);
    unless(mayFollow, "FLEET_HISTORY", "a fleet's state moved back");
    const absentUntil = past?.absentUntil ?? memory.quorumTime;
    checkAnnounced(policy, bundle, fleet, past !== undefined, quorumTime - absentUntil, memory);
    fleets.set(hex(fleet.id), { state: fleet.state, absentUntil });
  }
  unless(fleets.size <= FLEETS_SEEN_MAX, "FLEET_HISTORY", "more fleets than anyone founds");
  return fleets;
}

/** A device that saw the log without the fleet knows that the announcement came later than that. */
function checkAnnounced(
  policy: TrustPolicy,
  bundle: Bundle,
  fleet: ListedFleet,
  seen: boolean,
  knownFor: bigint,
  memory: SeenBundles,
): void {
  const usable = fleet.state === "active" || fleet.state === "retiring";
  if (!usable || memory.epoch === 0n || policy.announce === 0n) {
    return;
  }
  unless(seen || bundle.epoch > memory.epoch + 1n, "FLEET_HISTORY", "a fleet was never announced");
  unless(knownFor >= policy.announce, "FLEET_HISTORY", "a fleet was not announced long enough");
}

function checkFloor(fleet: Fleet, floor: ClientFloor): void {
  unless(fleet.settings.n >= floor.hsmsMin, "CLIENT_FLOOR", "fewer HSMs than this app accepts");
  unless(fleet.settings.q >= floor.quorumMin, "CLIENT_FLOOR", "a smaller quorum than this app accepts");
  for (const hsm of fleet.hsms) {
    unless(floor.simulatedAllowed || !isSimulated(hsm), "CLIENT_FLOOR", "a SIMULATED HSM");
    const known = floor.measurements.length === 0 || floor.measurements.includes(hex(hsm.measurement));
    unless(known, "CLIENT_FLOOR", "an HSM program that this app does not know");
  }
}

function checkState(bundle: Bundle, fleet: Fleet, purpose: Purpose): void {
  const line = listed(bundle, fleet.id);
  unless(line !== undefined, "LISTED_KEYS", "the bundle does not list this fleet");
  const allowed = line.state === "active" || (line.state === "retiring" && purpose === "recover");
  unless(allowed, "FLEET_STATE", "the fleet may not be used for this in its state");
}

/**
 * Decides whether a client may talk to a fleet (INV-9). A pure function: the time (seconds since 1970) and what was seen
 * before come in, a verdict and what is to be remembered go out.
 */
export function verifyFleet(
  anchor: Anchor,
  floor: ClientFloor,
  delivery: Delivered,
  answered: Fleet,
  purpose: Purpose,
  now: bigint,
  before: SeenBundles,
): Verdict {
  let bundle: Authentic | undefined;
  let memory = before;
  const course = new Course();
  try {
    if (anchor.kind === "roots") {
      const [authentic, seen] = verifyBundle(anchor.policy, floor, delivery, now, before, course);
      [bundle, memory] = [authentic, seen];
      course.at("FLEET_STATE", () => checkState(authentic.bundle, answered, purpose));
    } else {
      course.at("PIN", () => unless(equal(answered.id, anchor.fleetId), "PIN", "another fleet"));
    }
    const line = bundle === undefined ? undefined : listed(bundle.bundle, answered.id);
    course.at("CLIENT_FLOOR", () => {
      checkFloor(answered, floor);
      const hasEvidence = line?.evidence.some((octet) => octet !== 0) ?? false;
      // A fleet that retires takes no new registration, and whoever has one there must get it out.
      const excused = bundle === undefined || floor.simulatedAllowed || line?.state === "retiring";
      const enough = excused || hasEvidence;
      unless(enough, "CLIENT_FLOOR", "a fleet without evidence");
    });
    if (bundle !== undefined) {
      const members = line?.members;
      course.at("LISTED_KEYS", () => {
        const same = members !== undefined && describes(members, answered);
        unless(same, "LISTED_KEYS", "a key or a setting is not the listed one");
      });
    }
    return { kind: "trusted", bundle, memory, findings: course.findings };
  } catch (error) {
    if (error instanceof Failure) {
      const { step, message: reason } = error;
      return { kind: "distrusted", step, reason, bundle, memory, findings: course.findings };
    }
    throw error;
  }
}
