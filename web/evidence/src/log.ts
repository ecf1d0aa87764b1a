import { type Bytes, equal, hex } from "../../client/src/codec/bytes.js";
import { sha256 } from "../../client/src/crypto/hash.js";
import { BUNDLE_MAX, type Bundle, describes, listed, parseBundle } from "../../client/src/transparency/bundle.js";
import { NOTHING_SEEN } from "../../client/src/transparency/memory.js";
import { decodeNote, parseNote, verifyNote } from "../../client/src/transparency/note.js";
import { checkLog, checkWitnesses } from "../../client/src/transparency/policy.js";
import { base64 } from "../../client/src/transparency/text.js";
import { leafHash } from "../../client/src/transparency/tlog.js";
import {
  followPolicies,
  openFirstTrustPolicy,
  parsePolicyChain,
  parseTrustPolicy,
  type TrustPolicy,
  trustPolicyHash,
} from "../../client/src/transparency/trust-policy.js";
import {
  FLOOR_DEVELOPMENT,
  type Verdict as FleetVerdict,
  verifyFleet,
} from "../../client/src/transparency/verifier.js";
import type { Package } from "./package.js";
import { judge, Objection, Unknowable, unless, type Verdict } from "./verdict.js";

/** What apps were handed when the site was published, in base64. */
export interface Delivered {
  readonly note: string;
  readonly logProof: string;
  readonly trustPolicies: string;
  /** The text of the trust policy to start from. */
  readonly anchor: string;
  /** When the site was published, in seconds since 1970. */
  readonly at: number;
}

/** Every leaf of a log, its newest checkpoint and the trust policies from version 1, in base64. */
export interface PublishedLog {
  readonly checkpoint: string;
  readonly policies: readonly string[];
  readonly leaves: readonly string[];
}

/** The clients' own verifier, at the reader's time. */
function verdict(of: Package, bundle: Delivered, now: bigint): FleetVerdict {
  const delivery = {
    note: base64(bundle.note, "fleet.note"),
    logProof: base64(bundle.logProof, "fleet.tlog-proof"),
    trustPolicies: base64(bundle.trustPolicies, "trust-policies"),
  };
  const anchor = { kind: "roots", policy: parseTrustPolicy(bundle.anchor) } as const;
  return verifyFleet(anchor, FLOOR_DEVELOPMENT, delivery, of.fleet(), "recover", now, NOTHING_SEEN);
}

function authentic(of: Package, delivered: Delivered, now: bigint): Bundle {
  const found = verdict(of, delivered, now);
  if (found.bundle === undefined) {
    throw new Objection(found.kind === "distrusted" ? `${found.step}: ${found.reason}` : "it is empty");
  }
  return found.bundle.bundle;
}

/** It held when it was published; whether it is the newest still, only a fresh one tells. */
function holds(of: Package, delivered: Delivered, now: bigint): string {
  const then = BigInt(delivered.at);
  const { epoch } = authentic(of, delivered, then);
  const published = new Date(delivered.at * 1000).toISOString();
  try {
    authentic(of, delivered, now);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    throw new Unknowable(`epoch ${epoch} held on ${published}; whether it is the newest today is not known (${why})`);
  }
  return `epoch ${epoch}, by the clients' verifier, on ${published} and by your clock`;
}

/** Signatures, inclusion and cosignatures of what apps are told, and whether that is this package's fleet. */
export function checkBundle(of: Package, delivered: Delivered | undefined, now: bigint): Verdict[] {
  if (delivered === undefined) {
    const why = "no bundle was published with this package";
    return ["holds", "lists", "evidence"].map((what) => ({ claim: `bundle-${what}`, outcome: "SKIP", why }));
  }
  const line = () => {
    const found = listed(authentic(of, delivered, BigInt(delivered.at)), of.fleet().id);
    if (found === undefined) {
      throw new Objection("it does not list this fleet");
    }
    return found;
  };
  return [
    judge("bundle-holds", () => holds(of, delivered, now)),
    judge("bundle-lists", () => {
      const { members } = line();
      unless(members !== undefined && describes(members, of.fleet()), "another key or setting is listed than here");
      return "settings, keys, models and attestations, listed and here";
    }),
    judge("bundle-evidence", () => {
      const [there, here] = [hex(line().evidence), hex(sha256(of.file("manifest.json")))];
      unless(there === here, `listed sha256:${there}, here sha256:${here}`);
      return `sha256:${here}, listed and here`;
    }),
  ];
}

/** The root over all leaves (RFC 6962 §2.1). */
function root(hashes: readonly Bytes[]): Bytes {
  if (hashes.length < 2) {
    return hashes[0] ?? sha256();
  }
  let half = 1;
  while (2 * half < hashes.length) {
    half *= 2;
  }
  return sha256(Uint8Array.of(1), root(hashes.slice(0, half)), root(hashes.slice(half)));
}

function policies(log: PublishedLog): TrustPolicy[] {
  const notes = log.policies.map((note) => base64(note, "trust policy"));
  const first = openFirstTrustPolicy(notes[0] ?? new Uint8Array());
  // Each version on the way is trusted if the chain up to it is.
  return notes.map((_, at) => followPolicies(parsePolicyChain(notes.slice(0, at + 1)), first, undefined));
}

/** Operator and notary of the trust policy that the bundle names signed it, and it follows the one before. */
function checkLeaf(known: readonly TrustPolicy[], leaf: Bytes, before: Bytes | undefined, epoch: number): string {
  const outer = decodeNote(leaf, BUNDLE_MAX);
  const bundle = parseBundle(parseNote(outer.text).text);
  const policy = known.find((one) => equal(trustPolicyHash(one), bundle.trustPolicyHash));
  unless(policy !== undefined, "it names a trust policy that is not here");
  const notarised = verifyNote(outer, [policy.operator]).text;
  verifyNote(parseNote(notarised), [policy.notary]);
  unless(bundle.epoch === BigInt(epoch) && bundle.namespace === policy.namespace, "it is another epoch's or another's");
  unless(before === undefined || equal(bundle.prev, sha256(before)), "it does not follow the bundle before it");
  return `signed by operator and notary, and follows the one before; sha256:${hex(sha256(leaf))}`;
}

export function checkWholeLog(log: PublishedLog): Verdict[] {
  const leaf = (at: number) => base64(String(log.leaves[at]), "leaf");
  const whole = judge("log", () => {
    const policy = policies(log).at(-1) as TrustPolicy;
    const note = decodeNote(base64(log.checkpoint, "checkpoint"));
    const checkpoint = checkLog(policy.log, note);
    const time = checkWitnesses(policy.log, note);
    const hashes = log.leaves.map((_, at) => leafHash(leaf(at)));
    const same = checkpoint.size === BigInt(hashes.length) && equal(root(hashes), checkpoint.root);
    unless(same, "these bundles are not those of the checkpoint");
    const seen = time === undefined ? "no witness" : new Date(Number(time) * 1000).toISOString();
    return `all ${hashes.length} bundles are in the tree that the log signed; a quorum of witnesses: ${seen}`;
  });
  const epochs = log.leaves.map((_, at) =>
    judge(`epoch-${at + 1}`, () => checkLeaf(policies(log), leaf(at), at === 0 ? undefined : leaf(at - 1), at + 1)),
  );
  return [whole, ...epochs];
}
