import { type Bytes, equal, hex, utf8, zeros } from "../codec/bytes.js";
import { sha256 } from "../crypto/hash.js";
import {
  decodeNote,
  distinctKeys,
  keyText,
  type Note,
  parseKey,
  parseKeyName,
  type VerifierKey,
  verifyNote,
} from "./note.js";
import { decodePolicy, NO_QUORUM, type Policy, policyText } from "./policy.js";
import { checkAscii, decimal, LineReader, lowerHex, Refused } from "./text.js";

/** Whose keys count for a namespace, as its roots decided (docs/transparency.md §3). */
export interface TrustPolicy {
  readonly namespace: string;
  readonly version: bigint;
  readonly prev: Bytes;
  readonly rootThreshold: number;
  readonly roots: readonly VerifierKey[];
  readonly operator: VerifierKey;
  readonly notary: VerifierKey;
  readonly maxAgeHard: bigint;
  readonly maxAgeSoft: bigint;
  readonly announce: bigint;
  readonly log: Policy;
}

const SIZE_MAX = 16 << 10;
const ROOTS_MAX = 16;
const MAX_AGE_MAX = 31n * 86400n;
const ANNOUNCE_MAX = 90n * 86400n;
const HEAD = "coffer/trust-policy/v1";

function require(holds: boolean, what: string): void {
  if (!holds) {
    throw new Refused("MALFORMED", `trust policy: ${what}`);
  }
}

function number(word: string, min: bigint, max?: bigint): bigint {
  return decimal(word, "trust policy: number", min, max);
}

function readKey(lines: LineReader, keyword: string): VerifierKey {
  const key = parseKey(lines.word(keyword));
  require(key.type === "ed25519", "roots, operator and notary sign with type 1");
  return key;
}

/** Reads the one way to write a policy; verifies nothing but the grammar. */
export function parseTrustPolicy(text: string): TrustPolicy {
  if (text.length > SIZE_MAX) {
    throw new Refused("TOO_LARGE", "trust policy");
  }
  checkAscii(text, "trust policy");
  const lines = new LineReader(text, "trust policy");
  lines.expect(HEAD);
  const namespace = parseKeyName(lines.word("namespace"));
  const version = number(lines.word("version"), 1n);
  const prev = lowerHex(lines.word("prev"), 32, "trust policy: prev");
  const rootThreshold = Number(number(lines.word("root-threshold"), 1n, BigInt(ROOTS_MAX)));
  const roots: VerifierKey[] = [];
  while (lines.peeks("root ")) {
    roots.push(readKey(lines, "root"));
  }
  const operator = readKey(lines, "operator");
  const notary = readKey(lines, "notary");
  const [hard, soft] = lines.words("max-age", 2) as [string, string];
  const maxAgeHard = number(hard, 1n, MAX_AGE_MAX);
  const maxAgeSoft = number(soft, 1n, maxAgeHard);
  const announce = number(lines.word("announce"), 0n, ANNOUNCE_MAX);
  const log = decodePolicy(utf8(lines.rest()));
  const keys = { rootThreshold, roots, operator, notary };
  const policy = { namespace, version, prev, ...keys, maxAgeHard, maxAgeSoft, announce, log };
  check(policy);
  // Whatever this reader might let pass is refused here: there is one way to write a policy.
  if (trustPolicyText(policy) !== text) {
    throw new Refused("NOT_CANONICAL", "trust policy");
  }
  return policy;
}

function check(policy: TrustPolicy): void {
  require(equal(policy.prev, zeros(32)) === (policy.version === 1n), "prev is zeros for version 1, and only then");
  const { roots, rootThreshold, log } = policy;
  require(roots.length >= rootThreshold && roots.length <= ROOTS_MAX, "as many roots as the threshold, at most 16");
  require(log.logs.length === 1, "exactly one log");
  require(log.quorum !== NO_QUORUM, "a quorum of witnesses");
  // One party in two roles would vouch for itself.
  const all = [
    ...roots,
    policy.operator,
    policy.notary,
    ...log.logs.map((l) => l.key),
    ...log.witnesses.map((w) => w.key),
  ];
  require(new Set(all.map((key) => hex(key.publicKey))).size === all.length, "each role has a key of its own");
}

/** The text that roots sign. */
export function trustPolicyText(policy: TrustPolicy): string {
  return [
    `${HEAD}\nnamespace ${policy.namespace}\nversion ${policy.version}\nprev ${hex(policy.prev)}\n`,
    `root-threshold ${policy.rootThreshold}\n`,
    ...policy.roots.map((root) => `root ${keyText(root)}\n`),
    `operator ${keyText(policy.operator)}\nnotary ${keyText(policy.notary)}\n`,
    `max-age ${policy.maxAgeHard} ${policy.maxAgeSoft}\nannounce ${policy.announce}\n`,
    policyText(policy.log),
  ].join("");
}

/** SHA-256 of the text: what bundles and the next version name. */
export function trustPolicyHash(policy: TrustPolicy): Bytes {
  return sha256(utf8(trustPolicyText(policy)));
}

function checkSigned(policy: TrustPolicy, note: Note): void {
  let signed = 0;
  try {
    signed = distinctKeys(verifyNote(note, policy.roots));
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal !== "UNKNOWN_SIGNER") {
      throw error;
    }
  }
  if (signed < policy.rootThreshold) {
    throw new Refused("NO_QUORUM", "trust policy: too few roots signed");
  }
}

/**
 * Reads version 1, which its own roots sign. That these are the right roots an app knows from its maker.
 */
export function openFirstTrustPolicy(encoded: Uint8Array): TrustPolicy {
  const note = decodeNote(encoded, SIZE_MAX);
  const policy = parseTrustPolicy(note.text);
  if (policy.version !== 1n) {
    throw new Refused("OUT_OF_SEQUENCE", "trust policy: not the first version");
  }
  checkSigned(policy, note);
  return policy;
}

/** A policy that was accepted before. */
export interface SeenPolicy {
  readonly version: bigint;
  readonly hash: Bytes;
}

export interface PolicyLink {
  readonly note: Note;
  readonly policy: TrustPolicy;
}

/** Reads the notes of a chain; verifies nothing. */
export function parsePolicyChain(notes: readonly Uint8Array[]): PolicyLink[] {
  return notes.map((encoded) => {
    const note = decodeNote(encoded, SIZE_MAX);
    return { note, policy: parseTrustPolicy(note.text) };
  });
}

function outOfSequence(what: string): Refused {
  return new Refused("OUT_OF_SEQUENCE", `trust policy: ${what}`);
}

/** Enough of both versions' roots have signed the next one, so that neither can change hands without the other. */
function succeed(before: TrustPolicy, next: TrustPolicy, note: Note): TrustPolicy {
  const follows =
    next.version === before.version + 1n &&
    equal(next.prev, trustPolicyHash(before)) &&
    next.namespace === before.namespace;
  if (!follows) {
    throw outOfSequence("not the next version");
  }
  checkSigned(before, note);
  checkSigned(next, note);
  return next;
}

/** The policy at the end of the chain, from the one that is compiled in; `seen` is trusted, too, and the end not older. */
export function followPolicies(
  chain: readonly PolicyLink[],
  compiledIn: TrustPolicy,
  seen: SeenPolicy | undefined,
): TrustPolicy {
  let current = compiledIn;
  for (const { note, policy: next } of chain) {
    const isSeen = seen !== undefined && next.version === seen.version && equal(trustPolicyHash(next), seen.hash);
    if (next.version === compiledIn.version && !equal(trustPolicyHash(next), trustPolicyHash(compiledIn))) {
      throw outOfSequence("another one is compiled in under this version");
    }
    if (next.version > compiledIn.version) {
      // What this device verified once it need not verify again: it knows the text by its hash.
      current = isSeen ? next : succeed(current, next, note);
    }
  }
  if (seen !== undefined && current.version < seen.version) {
    throw outOfSequence("older than the one seen before");
  }
  if (seen !== undefined && current.version === seen.version && !equal(trustPolicyHash(current), seen.hash)) {
    throw outOfSequence("another one was seen under this version");
  }
  return current;
}
