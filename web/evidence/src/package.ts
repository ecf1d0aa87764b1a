import { type Bytes, hex } from "../../client/src/codec/bytes.js";
import { Limits } from "../../client/src/codec/limits.js";
import { sha256 } from "../../client/src/crypto/hash.js";
import { decodeFleet, type Fleet } from "../../client/src/protocol/fleet.js";
import { base64, checkAscii, decodeText } from "../../client/src/transparency/text.js";
import { type Plan, parsePlan } from "./plan.js";
import { Objection, unless } from "./verdict.js";

/** Where an HSM is, and what it says of itself. */
export interface Member {
  readonly site: string;
  readonly model: string;
  readonly keys: string;
  readonly memory: string;
  readonly voucher: string;
}

/** What a manifest says of its fleet (docs/evidence.md). */
export interface Promised {
  readonly fleet: string;
  readonly ceremony: string;
  readonly hsms: number;
  readonly threshold: number;
  readonly captureQuorum: number;
  readonly partitions: number;
  readonly guessLimit: number;
  readonly replaceByLogin: boolean;
  readonly deleteByLogin: boolean;
  readonly measurement: string;
  readonly simulated: boolean;
  readonly members: readonly Member[];
  readonly exceptions: readonly string[];
}

interface Statement {
  readonly _type: string;
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: Promised;
}

const STATEMENT = "https://in-toto.io/Statement/v1";
const PREDICATE = "urn:coffer:evidence:v1";
const FILES_MAX = 512;
const NUMBER_MAX = 32_767;
const NAME = /^(ceremony\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const TEXT = /^[ -~]{1,400}$/;

function texts(form: RegExp, ...all: readonly unknown[]): void {
  unless(
    all.every((one) => typeof one === "string" && form.test(one)),
    "a text of it has another form",
  );
}

function list<T>(max: number, items: readonly T[]): readonly T[] {
  unless(Array.isArray(items) && items.length <= max, "a list of it is none, or too long");
  return items;
}

/** The statement with the members that one has, in their order, and with no others. */
function inOneForm(read: Statement): Statement {
  const files = list(FILES_MAX, read.subject).map(({ name, digest }) => ({ name, digest: { sha256: digest.sha256 } }));
  texts(NAME, ...files.map(({ name }) => name));
  texts(DIGEST, ...files.map(({ digest }) => digest.sha256));
  const ascend = files.every(({ name }, at) => at === 0 || (files[at - 1]?.name as string) < name);
  unless(ascend, "its files are not in order, or one stands twice");
  const { fleet, ceremony, hsms, threshold, captureQuorum, partitions, guessLimit, ...rest } = read.predicate;
  const { replaceByLogin, deleteByLogin, measurement, simulated } = rest;
  const numbers = [hsms, threshold, captureQuorum, partitions, guessLimit];
  const counts = numbers.every((one) => Number.isInteger(one) && one >= 0 && one <= NUMBER_MAX);
  unless(counts, "a number of it is none, or out of range");
  const flags = [replaceByLogin, deleteByLogin, simulated];
  unless(
    flags.every((one) => typeof one === "boolean"),
    "yes or no of it is neither",
  );
  const members = list(Limits.HSMS_MAX, rest.members).map(({ site, model, keys, memory, voucher }) => {
    texts(TEXT, site, model, keys, memory, voucher);
    return { site, model, keys, memory, voucher };
  });
  const exceptions = [...list(FILES_MAX, rest.exceptions)];
  texts(DIGEST, fleet, measurement);
  texts(TEXT, ceremony, ...exceptions);
  const head = { fleet, ceremony, hsms, threshold, captureQuorum, partitions, guessLimit };
  const predicate = { ...head, replaceByLogin, deleteByLogin, measurement, simulated, members, exceptions };
  return { _type: STATEMENT, subject: files, predicateType: PREDICATE, predicate };
}

/** The files of a package, whoever may have changed them. */
export class Package {
  readonly names: readonly string[];
  readonly #files: Readonly<Record<string, string>>;

  constructor(files: Readonly<Record<string, string>>) {
    this.#files = files;
    this.names = Object.keys(files);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#files, name);
  }

  file(name: string): Bytes {
    if (!this.has(name)) {
      throw new Objection(`there is no ${name}`);
    }
    return base64(String(this.#files[name]), name);
  }

  /** Printable ASCII. */
  text(name: string): string {
    const text = decodeText(this.file(name), name);
    checkAscii(text, name);
    return text;
  }

  /** In its one form: read, written again and compared. */
  statement(): Statement {
    const text = this.text("manifest.json");
    const read = JSON.parse(text) as Statement;
    const statement = inOneForm(read);
    unless(`${JSON.stringify(statement)}\n` === text, "it is not in its one form");
    return statement;
  }

  promised(): Promised {
    return this.statement().predicate;
  }

  fleet(): Fleet {
    return decodeFleet(this.file("ceremony/fleet.bin"));
  }

  plan(): Plan & { readonly hash: string } {
    const plan = parsePlan(this.text("ceremony/plan.txt"));
    return { ...plan, hash: hex(sha256(this.file("ceremony/plan.txt"))) };
  }

  /** What follows `keyword` in a message of a site, once. */
  said(site: number, kind: string, keyword: string): string {
    const name = `ceremony/site-${site}.${kind}`;
    const lines = this.text(name)
      .split("\n")
      .filter((line) => line.startsWith(`${keyword} `));
    unless(lines.length === 1, `${name} has not one line ${keyword}`);
    return (lines[0] as string).slice(keyword.length + 1);
  }
}
