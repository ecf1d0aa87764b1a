import { type Bytes, compare, equal, hex, zeros } from "../codec/bytes.js";
import { Limits } from "../codec/limits.js";
import { Reader } from "../codec/reader.js";
import { accepted } from "../codec/rejected.js";
import { sha256 } from "../crypto/hash.js";
import type { FleetDelivery } from "../protocol/answer.js";
import type { Fleet, HsmIdentity } from "../protocol/fleet.js";
import { parseKeyName } from "./note.js";
import { base64, checkAscii, decimal, encodeBase64, LineReader, lowerHex, Refused } from "./text.js";

/** The statement inside `fleet.note` (docs/transparency.md §2). */
export interface Bundle {
  readonly namespace: string;
  readonly epoch: bigint;
  readonly prev: Bytes;
  readonly notBefore: bigint;
  readonly notAfter: bigint;
  readonly minEpoch: bigint;
  readonly policy: bigint;
  readonly trustPolicy: bigint;
  readonly trustPolicyHash: Bytes;
  readonly fleets: readonly ListedFleet[];
}

/** Where a fleet stands in its life: it only moves on, in this order. */
export const FLEET_STATES = ["announced", "active", "retiring", "revoked"] as const;
export type FleetState = (typeof FLEET_STATES)[number];

export interface ListedFleet {
  readonly id: Bytes;
  readonly state: FleetState;
  readonly evidence: Bytes;
  /** Only the name is left of a revoked fleet. */
  readonly members: Members | undefined;
}

interface Members {
  readonly n: number;
  readonly t: number;
  readonly q: number;
  readonly limit: number;
  readonly partitions: number;
  readonly hsms: readonly ListedHsm[];
}

interface ListedHsm {
  readonly site: string;
  readonly model: string;
  readonly attestation: Bytes;
  readonly sessionKey: Bytes;
  readonly statementKey: Bytes;
}

export const BUNDLE_MAX = 16 << 10;
const FLEETS_MAX = 8;
const HEAD = "coffer/fleet-bundle/v1";
const WORD = /^[A-Za-z0-9._-]{1,64}$/;

function malformed(what: string): Refused {
  return new Refused("MALFORMED", `bundle: ${what}`);
}

function number(word: string | undefined, min: number, max: number): number {
  return Number(decimal(word ?? "", "bundle: number", BigInt(min), BigInt(max)));
}

function hexHash(word: string | undefined): Bytes {
  return lowerHex(word ?? "", 32, "bundle: hash");
}

function hash(word: string | undefined): Bytes {
  if (!word?.startsWith("sha256:")) {
    throw malformed("a hash says which it is");
  }
  return hexHash(word.slice(7));
}

/** The words after the fleet's id, which must be this one. */
function of(id: string, words: readonly string[]): readonly string[] {
  if (words[0] !== id) {
    throw malformed("a line of another fleet");
  }
  return words.slice(1);
}

/** The words after the HSM's index, which must be this one. */
function indexed(words: readonly string[], index: number): readonly string[] {
  number(words[0], index, index);
  return words.slice(1);
}

function readKey(
  lines: LineReader,
  id: string,
  index: number,
  role: string,
  algorithm: string,
  keys: Set<string>,
): Bytes {
  const words = indexed(of(id, lines.words("key", 5)), index);
  if (words[0] !== role || words[1] !== algorithm) {
    throw malformed("each HSM has a session key and a statement key, in this order");
  }
  const key = base64(words[2] ?? "", "bundle: key", Limits.DIGEST);
  if (keys.has(hex(key))) {
    throw malformed("one key twice");
  }
  keys.add(hex(key));
  return key;
}

function word(text: string | undefined, what: string): string {
  if (text === undefined || !WORD.test(text)) {
    throw malformed(what);
  }
  return text;
}

function readMembers(lines: LineReader, id: string, keys: Set<string>): Members {
  const settings = of(id, lines.words("settings", 6));
  const n = number(settings[0], 3, Limits.HSMS_MAX);
  const t = number(settings[1], Math.floor(n / 2) + 1, Math.floor(n / 2) + 1);
  const q = number(settings[2], t, n);
  const limit = number(settings[3], 1, Limits.GUESSES_MAX);
  const partitions = number(settings[4], 1, Limits.PARTITIONS_MAX);
  if (n % 2 === 0) {
    throw malformed("a fleet has 3, 5 or 7 HSMs");
  }
  const all = Array.from({ length: n }, (_, at) => indexed(of(id, lines.words("hsm", 5)), at + 1));
  const hsms = all.map((line, at) => ({
    site: word(line[0], "site"),
    model: word(line[1], "model"),
    attestation: hash(line[2]),
    sessionKey: readKey(lines, id, at + 1, "session", "x25519", keys),
    statementKey: readKey(lines, id, at + 1, "statement", "ed25519", keys),
  }));
  return { n, t, q, limit, partitions, hsms };
}

function readFleet(lines: LineReader, keys: Set<string>): ListedFleet {
  const [idWord, stateWord, evidenceWord] = lines.words("fleet", 3);
  const id = hexHash(idWord);
  const state = FLEET_STATES.find((one) => one === stateWord);
  if (state === undefined) {
    throw malformed("fleet state");
  }
  const evidence = hash(evidenceWord);
  return { id, state, evidence, members: state === "revoked" ? undefined : readMembers(lines, hex(id), keys) };
}

function readFleets(lines: LineReader): ListedFleet[] {
  const fleets: ListedFleet[] = [];
  const keys = new Set<string>();
  do {
    if (fleets.length === FLEETS_MAX) {
      throw new Refused("TOO_LARGE", "bundle: fleets");
    }
    const fleet = readFleet(lines, keys);
    const before = fleets.at(-1);
    if (before !== undefined && compare(before.id, fleet.id) >= 0) {
      throw malformed("fleets ascend, each once");
    }
    fleets.push(fleet);
  } while (!lines.atEnd);
  return fleets;
}

/** Reads the one way to write a bundle. */
export function parseBundle(text: string): Bundle {
  if (text.length > BUNDLE_MAX) {
    throw new Refused("TOO_LARGE", "bundle");
  }
  checkAscii(text, "bundle");
  const lines = new LineReader(text, "bundle");
  const value = (keyword: string, min: bigint, max?: bigint) =>
    decimal(lines.word(keyword), `bundle: ${keyword}`, min, max);
  lines.expect(HEAD);
  const namespace = parseKeyName(lines.word("namespace"));
  const epoch = value("epoch", 1n);
  const prev = hexHash(lines.word("prev"));
  const notBefore = value("not-before", 0n);
  const notAfter = value("not-after", notBefore);
  const minEpoch = value("min-epoch", 1n, epoch);
  const policy = value("policy", 1n);
  const [version, policyHash] = lines.words("trust-policy", 2);
  const trustPolicy = decimal(version ?? "", "bundle: trust-policy", 1n);
  if (equal(prev, zeros(32)) !== (epoch === 1n)) {
    throw malformed("prev is zeros for epoch 1, and only then");
  }
  const head = { namespace, epoch, prev, notBefore, notAfter, minEpoch, policy, trustPolicy };
  const bundle = { ...head, trustPolicyHash: hexHash(policyHash), fleets: readFleets(lines) };
  // Whatever this reader might let pass is refused here: there is one way to write a bundle.
  if (bundleText(bundle) !== text) {
    throw new Refused("NOT_CANONICAL", "bundle");
  }
  return bundle;
}

function membersText(id: string, { n, t, q, limit, partitions, hsms }: Members): string[] {
  return [
    `settings ${id} ${n} ${t} ${q} ${limit} ${partitions}\n`,
    ...hsms.map((hsm, at) => `hsm ${id} ${at + 1} ${hsm.site} ${hsm.model} sha256:${hex(hsm.attestation)}\n`),
    ...hsms.flatMap((hsm, at) => [
      `key ${id} ${at + 1} session x25519 ${encodeBase64(hsm.sessionKey)}\n`,
      `key ${id} ${at + 1} statement ed25519 ${encodeBase64(hsm.statementKey)}\n`,
    ]),
  ];
}

/** The one way to write it. */
export function bundleText(bundle: Bundle): string {
  return [
    `${HEAD}\nnamespace ${bundle.namespace}\nepoch ${bundle.epoch}\nprev ${hex(bundle.prev)}\n`,
    `not-before ${bundle.notBefore}\nnot-after ${bundle.notAfter}\nmin-epoch ${bundle.minEpoch}\n`,
    `policy ${bundle.policy}\ntrust-policy ${bundle.trustPolicy} ${hex(bundle.trustPolicyHash)}\n`,
    ...bundle.fleets.flatMap(({ id, state, evidence, members }) => [
      `fleet ${hex(id)} ${state} sha256:${hex(evidence)}\n`,
      ...(members === undefined ? [] : membersText(hex(id), members)),
    ]),
  ].join("");
}

const FACTS = /^(fleet|settings|hsm|key|min-epoch|policy|trust-policy) /;

/**
 * What changed from one bundle to another, as notaries and auditors print it: `+` or `-`, and the line that came or went:
 * states, evidence, settings, HSMs, keys.
 */
export function keyDelta(before: Bundle, after: Bundle): readonly string[] {
  const facts = (bundle: Bundle) =>
    bundleText(bundle)
      .split("\n")
      .filter((line) => FACTS.test(line));
  const [old, now] = [facts(before), facts(after)];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

/** The fleet of that id, if it is listed. */
export function listed(bundle: Bundle, id: Bytes): ListedFleet | undefined {
  return bundle.fleets.find((fleet) => equal(fleet.id, id));
}

function describesHsm(line: ListedHsm, hsm: HsmIdentity): boolean {
  return (
    line.model === hsm.model.replace(/[^A-Za-z0-9._-]/g, "-") &&
    equal(line.attestation, sha256(hsm.attestation)) &&
    equal(line.sessionKey, hsm.sessionKey) &&
    equal(line.statementKey, hsm.statementKey)
  );
}

/** Whether these lines describe the fleet: every setting and every key. */
export function describes(members: Members, fleet: Fleet): boolean {
  const { n, t, q, guessLimitMax, partitions } = fleet.settings;
  return (
    members.n === n &&
    members.t === t &&
    members.q === q &&
    members.limit === guessLimitMax &&
    members.partitions === partitions &&
    members.hsms.length === fleet.hsms.length &&
    members.hsms.every((line, at) => describesHsm(line, fleet.hsms[at] as HsmIdentity))
  );
}

const PART_MAX = 64 << 10;
const POLICIES_MAX = 64;

/** The notes of the trust policies that came with a delivery. */
export function policyNotes(delivery: Pick<FleetDelivery, "trustPolicies">): Bytes[] {
  if (delivery.trustPolicies.length > PART_MAX) {
    throw new Refused("TOO_LARGE", "trust policies");
  }
  const notes = accepted(() => {
    const reader = new Reader(delivery.trustPolicies);
    const read: Bytes[] = [];
    while (reader.remaining > 0 && read.length <= POLICIES_MAX) {
      read.push(reader.field(PART_MAX, "trust policy"));
    }
    return read;
  });
  if (notes === undefined || notes.length > POLICIES_MAX) {
    throw new Refused(notes === undefined ? "MALFORMED" : "TOO_LARGE", "trust policies");
  }
  return notes;
}
