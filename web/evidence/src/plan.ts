import { equal, utf8 } from "../../client/src/codec/bytes.js";
import { Writer } from "../../client/src/codec/writer.js";
import type { FleetSettings } from "../../client/src/protocol/fleet.js";
import { base64 } from "../../client/src/transparency/text.js";
import { unless } from "./verdict.js";

/** What a ceremony was to found, and who was to sign. */
export interface Plan {
  readonly ceremony: string;
  readonly settings: FleetSettings;
  readonly sites: readonly string[];
  readonly participants: readonly { readonly name: string; readonly key: string }[];
  readonly needed: number;
}

const OCTETS_MAX = 64 << 10;
const NUMBER_MAX = 65_535;
const HOURS_MAX = 48;
const PARTICIPANTS_MAX = 32;
const KEY_MAX = 2_048;
const KEYS = [
  "ssh-ed25519",
  "sk-ssh-ed25519@openssh.com",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];
const NAME = "[a-z0-9][a-z0-9-]{0,31}";
const NUMBER = "(0|[1-9][0-9]{0,4})";
const FLAG = "(yes|no)";

/** The lines of a plan in their order; what is in those that repeat is taken out of them later. */
const FORM = new RegExp(
  `^coffer/ceremony-plan/v1\\nceremony (${NAME})\\nhours-max ${NUMBER}\\nhsms ([357])\\nthreshold ${NUMBER}\\n` +
    `capture-quorum ${NUMBER}\\nguess-limit ${NUMBER}\\npartitions ${NUMBER}\\nreplace-by-login ${FLAG}\\n` +
    `delete-by-login ${FLAG}\\nsimulated ${FLAG}\\n(?:measurement [0-9a-f]{64}\\n)?(?:announced-by [0-9a-f]{64}\\n)?` +
    `((?:site [1-7] ${NAME} [A-Za-z0-9.:-]{1,253}(?: [1-9][0-9]{0,4}){3}\\n)+)` +
    "((?:hsm [1-7] (?:plain|token|tpm)(?: [0-9,]{1,64} [0-9a-f]{64})?\\n)*)" +
    "((?:exchange [1-7] [1-9][0-9]{0,4}\\n)*)" +
    `(?:tenant [!-~]{1,32} [0-9a-f]{64}\\n)+((?:participant ${NAME} [!-~]+ [!-~]+\\n)+)signatures-needed ${NUMBER}\\n$`,
);

/** The words of each line after its keyword. */
function words(lines: string): string[][] {
  const each = lines.split("\n").filter((line) => line !== "");
  return each.map((line) => line.split(" ").slice(1));
}

function distinct(texts: readonly unknown[], what: string): void {
  unless(new Set(texts).size === texts.length, `plan.txt: two ${what}`);
}

/** A kind of key that counts; its octets begin with the kind once more. */
function checkKey(type: string, blob: string): void {
  const sound = KEYS.includes(type) && type.length + blob.length < KEY_MAX;
  unless(sound, "plan.txt: a participant's key is of another kind");
  const head = new Writer().field(type).bytes();
  const octets = base64(blob, "a participant's key");
  unless(octets.length > head.length && equal(octets.slice(0, head.length), head), "plan.txt: a key is none");
}

function readSettings(numbers: readonly number[], flags: readonly string[]): FleetSettings {
  const [hours, n, t, q, guessLimitMax, partitions] = numbers as [number, number, number, number, number, number];
  unless(Math.max(...numbers) <= NUMBER_MAX && hours >= 1 && hours <= HOURS_MAX, "plan.txt: a number is out of range");
  unless(t === (n + 1) / 2 && q >= t && q <= n, "plan.txt: threshold or quorum does not fit its HSMs");
  unless(guessLimitMax >= 1 && partitions >= 1, "plan.txt: no guess, or no partition");
  return { n, t, q, guessLimitMax, partitions, replaceByLogin: flags[0] === "yes", deleteByLogin: flags[1] === "yes" };
}

/**
 * Reads a plan by the rules that every plan keeps, but for those of hosts, ports and hardware: what they let through is
 * no word on who signed what.
 */
export function parsePlan(text: string): Plan {
  unless(utf8(text).length <= OCTETS_MAX, "plan.txt is too large");
  const found = FORM.exec(text);
  unless(found !== null, "plan.txt is not in its one form");
  const part = (at: number) => found[at] as string;
  const settings = readSettings([2, 3, 4, 5, 6, 7].map(part).map(Number), [8, 9].map(part));
  const sites = words(part(11));
  const ordered = sites.length === settings.n && sites.every(([index], at) => index === String(at + 1));
  unless(ordered, "plan.txt describes another number of sites than HSMs");
  const names = sites.map(([, name]) => String(name));
  distinct(names, "sites of one name");
  for (const indexed of [words(part(12)), words(part(13))]) {
    const at = indexed.map(([index]) => Number(index));
    const ascending = at.every((index, i) => index <= settings.n && (i === 0 || (at[i - 1] as number) < index));
    unless(ascending, "plan.txt: a site's line stands twice, or of a site that there is not");
  }
  const participants = words(part(14)).map(([name, type, blob]) => {
    checkKey(String(type), String(blob));
    return { name: String(name), key: `${type} ${blob}` };
  });
  distinct(
    participants.map(({ name }) => name),
    "participants of one name",
  );
  distinct(
    participants.map(({ key }) => key),
    "participants with one key",
  );
  const count = participants.length;
  unless(count >= settings.n && count <= PARTICIPANTS_MAX, `plan.txt: ${count} participants for ${settings.n} sites`);
  const needed = Number(part(15));
  unless(2 * needed > count && needed <= count, `plan.txt: ${needed} of ${count} participants are to sign`);
  return { ceremony: part(1), settings, sites: names, participants, needed };
}
