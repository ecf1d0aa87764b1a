import { hex, unhex, wipe } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { hash } from "../crypto/hash.js";
import { BackupSecret } from "./secrets.js";

/** K for paper: 64 hexadecimal digits in eight groups, and apart from them a check of two digits a group. */

const GROUPS = 8;

/** A typed key that cannot be one; names the groups to look at, counted from 1, never what was typed. */
export class UnreadableKey extends Error {
  readonly groups: readonly number[];

  constructor(next: string, groups: readonly number[]) {
    super(next);
    this.name = "UnreadableKey";
    this.groups = groups;
  }
}

function checkOf(octets: Uint8Array, group: number): number {
  // Bound to the group's place, so that groups in the wrong order are found, too.
  return hash(tuple("key-checksum", group, octets.slice(4 * group, 4 * group + 4)))[0] as number;
}

/** The digits, groups separated by a space. */
export function renderKey(secret: BackupSecret): string {
  const octets = secret.copy();
  const digits = hex(octets);
  wipe(octets);
  return (digits.match(/.{8}/g) as string[]).join(" ");
}

/** Eight pairs of digits. To be shown apart: alone it narrows K from 256 to 192 bits. */
export function renderCheck(secret: BackupSecret): string {
  const octets = secret.copy();
  const checks = Array.from({ length: GROUPS }, (_, group) => hex(Uint8Array.of(checkOf(octets, group))));
  wipe(octets);
  return checks.join(" ");
}

function read(typed: string, size: number, what: string): Uint8Array {
  const groups = typed
    .toLowerCase()
    .split(/[\s-]+/)
    .filter((group) => group !== "");
  const digits = groups.join("");
  const digitsAGroup = (2 * size) / GROUPS;
  const odd = digits.search(/[^0-9a-f]/);
  if (odd >= 0) {
    const group = Math.min(Math.floor(odd / digitsAGroup), GROUPS - 1) + 1;
    throw new UnreadableKey(`${what} is made of 0–9 and a–f: group ${group} has another character.`, [group]);
  }
  const octets = digits.length === 2 * size ? unhex(digits) : undefined;
  if (octets === undefined) {
    const group = groups.findIndex((one) => one.length !== digitsAGroup) + 1;
    const look = group > 0 && group <= GROUPS ? [group] : [];
    throw new UnreadableKey(
      `${what} has ${2 * size} digits in groups of ${digitsAGroup}; ${digits.length} were typed.`,
      look,
    );
  }
  return octets;
}

/** Reads digits in either case, with any spaces, line ends and hyphens between them. */
export function parseKey(typed: string, check = ""): BackupSecret {
  const octets = read(typed.slice(0, 512), 32, "The key");
  if (check.trim() !== "") {
    const expected = read(check.slice(0, 512), GROUPS, "The check");
    const wrong = [...expected.keys()].filter((group) => checkOf(octets, group) !== expected[group]);
    if (wrong.length > 0) {
      const groups = wrong.map((group) => group + 1);
      throw new UnreadableKey(`Compare with the paper, and the order: groups ${groups.join(", ")}.`, groups);
    }
  }
  const secret = BackupSecret.of(octets);
  wipe(octets);
  return secret;
}
