import { hex } from "../codec/bytes.js";
import { keyText, type Note, parseKey, type SignatureType, type VerifierKey, verifyNote } from "./note.js";
import { decimal, decodeText, LineReader, Refused } from "./text.js";
import { type Checkpoint, parseCheckpoint } from "./tlog.js";

/** Which logs count, which witnesses, and how many of them (c2sp.org/tlog-policy). */
export interface Policy {
  readonly logs: readonly { readonly key: VerifierKey; readonly url: string | undefined }[];
  readonly witnesses: readonly Witness[];
  readonly groups: readonly Group[];
  readonly quorum: string;
}

export interface Witness {
  readonly name: string;
  readonly key: VerifierKey;
  readonly url: string | undefined;
}

/** Agrees when at least `threshold` of its members do. */
export interface Group {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** The quorum that every checkpoint has. */
export const NO_QUORUM = "none";

const SIZE_MAX = 64 << 10;
const LINES_MAX = 64;

function malformed(what: string): Refused {
  return new Refused("MALFORMED", `policy: ${what}`);
}

/** Names are octets to this format: one character an octet. */
function latin1(octets: Uint8Array): string {
  return Array.from(octets, (octet) => String.fromCharCode(octet)).join("");
}

class PolicyReader {
  readonly logs: { key: VerifierKey; url: string | undefined }[] = [];
  readonly witnesses: Witness[] = [];
  readonly groups: Group[] = [];
  quorum = "";
  readonly #logKeys = new Set<string>();
  readonly #witnessKeys = new Set<string>();
  readonly #names = new Set<string>();
  readonly #members = new Set<string>();

  line(line: string): void {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words.length === 0 || words[0]?.startsWith("#")) {
      return;
    }
    switch (words[0]) {
      case "log":
        this.#log(words);
        break;
      case "witness":
        this.#witness(words);
        break;
      case "group":
        this.#group(words);
        break;
      case "quorum":
        this.#quorum(words);
        break;
      default:
        throw malformed("unknown keyword");
    }
  }

  #log(words: readonly string[]): void {
    const key = readKey(words, 1, "ed25519");
    once(this.#logKeys, hex(key.publicKey), "one log twice");
    limited(this.logs);
    this.logs.push({ key, url: last(words, 2) });
  }

  #witness(words: readonly string[]): void {
    const key = readKey(words, 2, "cosignature");
    once(this.#witnessKeys, hex(key.publicKey), "one witness twice");
    limited(this.witnesses);
    this.witnesses.push({ name: this.#define(words[1] as string), key, url: last(words, 3) });
  }

  #group(words: readonly string[]): void {
    const members = words.slice(3);
    if (members.length === 0) {
      throw malformed("a group has a name, a threshold and members");
    }
    for (const member of members) {
      // Each name is a member once in the whole file, so that no witness counts in two ways.
      if (!this.#names.has(member)) {
        throw malformed("a member is defined before");
      }
      once(this.#members, member, "a name is a member once");
    }
    const word = words[2] as string;
    const named = { all: members.length, any: 1 }[word];
    const threshold = named ?? Number(decimal(word, "policy: threshold", 1n, BigInt(members.length)));
    limited(this.groups);
    this.groups.push({ name: this.#define(words[1] as string), threshold, members });
  }

  #quorum(words: readonly string[]): void {
    const name = words[1];
    if (this.quorum !== "" || words.length !== 2 || name === undefined) {
      throw malformed("exactly one quorum line");
    }
    if (!this.#names.has(name) && name !== NO_QUORUM) {
      throw malformed("a quorum that is defined before");
    }
    this.quorum = name;
  }

  #define(name: string): string {
    if (name === NO_QUORUM) {
      throw malformed("no name is none");
    }
    once(this.#names, name, "a name is defined once");
    return name;
  }
}

function once(set: Set<string>, one: string, what: string): void {
  if (set.has(one)) {
    throw malformed(what);
  }
  set.add(one);
}

function readKey(words: readonly string[], at: number, type: SignatureType): VerifierKey {
  const word = words[at];
  if (word === undefined) {
    throw malformed("a key is missing");
  }
  const key = parseKey(
    decodeText(
      Uint8Array.from(word, (c) => c.charCodeAt(0)),
      "policy: key",
    ),
  );
  if (key.type !== type) {
    throw new Refused("UNSUPPORTED", "policy: a key of another type");
  }
  return key;
}

function last(words: readonly string[], at: number): string | undefined {
  if (words.length > at + 1) {
    throw malformed("too many words");
  }
  return words[at];
}

function limited(lines: readonly unknown[]): void {
  if (lines.length === LINES_MAX) {
    throw new Refused("TOO_LARGE", "policy: at most 64 logs, witnesses, groups");
  }
}

export function decodePolicy(file: Uint8Array): Policy {
  if (file.length > SIZE_MAX) {
    throw new Refused("TOO_LARGE", "policy");
  }
  const text = latin1(file);
  for (const octet of file) {
    if ((octet < 0x20 && octet !== 9 && octet !== 10) || octet === 0x7f) {
      throw new Refused("BAD_TEXT", "policy");
    }
  }
  const reader = new PolicyReader();
  const lines = new LineReader(text, "policy");
  while (!lines.atEnd) {
    reader.line(lines.line());
  }
  if (reader.quorum === "") {
    throw malformed("exactly one quorum line");
  }
  const { logs, witnesses, groups, quorum } = reader;
  return { logs, witnesses, groups, quorum };
}

/** The policy as a file: one space between words, no comments. */
export function policyText(policy: Policy): string {
  const line = (...words: (string | number | undefined)[]) => `${words.filter((w) => w !== undefined).join(" ")}\n`;
  return [
    ...policy.logs.map(({ key, url }) => line("log", keyText(key), url)),
    ...policy.witnesses.map(({ name, key, url }) => line("witness", name, keyText(key), url)),
    ...policy.groups.map(({ name, threshold, members }) => line("group", name, threshold, ...members)),
    line("quorum", policy.quorum),
  ].join("");
}

/** Verifies the log's signature and that the origin is the signer's. */
export function checkLog(policy: Policy, note: Note): Checkpoint {
  const signed = verifyNote(
    note,
    policy.logs.map(({ key }) => key),
  );
  const checkpoint = parseCheckpoint(signed.text);
  if (!signed.signatures.some(({ key }) => key.name === checkpoint.origin)) {
    throw new Refused("WRONG_ORIGIN", "checkpoint of another log than its signer");
  }
  return checkpoint;
}

/** Which witnesses cosigned, by the text of their keys, and when. Verifies their cosignatures. */
export function witnessTimes(policy: Policy, note: Note): ReadonlyMap<string, bigint> {
  // One witness counts once, by its latest word, however often it signed.
  const times = new Map<string, bigint>();
  for (const { key, time } of cosignatures(policy, note)) {
    const name = keyText(key);
    const before = times.get(name);
    times.set(name, before === undefined || time > before ? time : before);
  }
  return times;
}

/**
 * The quorum's time: among all quorums of those who signed, the latest of their earliest times. `undefined` where the
 * policy asks for no quorum.
 */
export function quorumAt(policy: Policy, times: ReadonlyMap<string, bigint>): bigint | undefined {
  if (policy.quorum === NO_QUORUM) {
    return undefined;
  }
  const time = quorumTime(policy, times);
  if (time === undefined) {
    throw new Refused("NO_QUORUM", "cosignatures of too few witnesses");
  }
  return time;
}

/** Verifies the cosignatures of known witnesses where the policy asks for them, and gives the quorum's time. */
export function checkWitnesses(policy: Policy, note: Note): bigint | undefined {
  return policy.quorum === NO_QUORUM ? undefined : quorumAt(policy, witnessTimes(policy, note));
}

function cosignatures(policy: Policy, note: Note) {
  try {
    return verifyNote(
      note,
      policy.witnesses.map(({ key }) => key),
    ).signatures;
  } catch (error) {
    if (error instanceof Refused && error.refusal === "UNKNOWN_SIGNER") {
      return [];
    }
    throw error;
  }
}

function quorumTime(policy: Policy, times: ReadonlyMap<string, bigint>): bigint | undefined {
  const reached = new Map<string, bigint>();
  for (const { name, key } of policy.witnesses) {
    const time = times.get(keyText(key));
    if (time !== undefined) {
      reached.set(name, time);
    }
  }
  for (const { name, threshold, members } of policy.groups) {
    const agreed = members.map((member) => reached.get(member)).filter((time) => time !== undefined);
    agreed.sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
    const time = agreed[threshold - 1];
    if (time !== undefined) {
      reached.set(name, time);
    }
  }
  return reached.get(policy.quorum);
}
