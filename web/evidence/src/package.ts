import { type Bytes, hex } from "../../client/src/codec/bytes.js";
import { sha256 } from "../../client/src/crypto/hash.js";
import { decodeFleet, type Fleet } from "../../client/src/protocol/fleet.js";
import { base64, checkAscii, decodeText } from "../../client/src/transparency/text.js";
import { Objection, unless } from "./verdict.js";

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
  readonly members: readonly { readonly site: string; readonly model: string }[];
  readonly exceptions: readonly string[];
}

interface Statement {
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicate: Promised;
}

/** A site and somebody who signs, as the plan names them. */
export interface Plan {
  readonly ceremony: string;
  readonly hash: string;
  readonly sites: readonly string[];
  readonly participants: readonly { readonly name: string; readonly key: string }[];
  readonly needed: number;
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
    unless(`${JSON.stringify(read)}\n` === text, "it is not in its one form");
    unless(Array.isArray(read.subject) && typeof read.predicate === "object", "it is no statement");
    return read;
  }

  promised(): Promised {
    return this.statement().predicate;
  }

  fleet(): Fleet {
    return decodeFleet(this.file("ceremony/fleet.bin"));
  }

  plan(): Plan {
    const lines = this.text("ceremony/plan.txt").split("\n");
    const after = (keyword: string) =>
      lines.filter((line) => line.startsWith(`${keyword} `)).map((line) => line.slice(keyword.length + 1));
    const [ceremony, needed] = [after("ceremony")[0], after("signatures-needed")[0]];
    unless(ceremony !== undefined && needed !== undefined, "plan.txt is no plan");
    return {
      ceremony,
      hash: hex(sha256(this.file("ceremony/plan.txt"))),
      sites: after("site").map((line) => line.split(" ")[1] ?? ""),
      participants: after("participant").map((line) => {
        const blank = line.indexOf(" ");
        return { name: line.slice(0, blank), key: line.slice(blank + 1) };
      }),
      needed: Number(needed),
    };
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
