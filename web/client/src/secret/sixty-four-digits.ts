import { hex, wipe } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { hash } from "../crypto/hash.js";
import { digitValue } from "./opaque-string.js";
import { BackupSecret } from "./secrets.js";

/**
 * K for paper: 64 hexadecimal digits in eight groups of eight, and below them a check of two digits a group, which finds
 * the group that was mistyped. What was shown is read back as it was shown, whatever it went through: words in front of a
 * colon, JSON, spaces and dashes of any kind, line ends, capitals, O for 0, and I or l for 1.
 */

const GROUPS = 8;
const DIGITS = 64;
const DIGITS_IN_ALL = 80;
const TYPED_MAX = 4096;
/** Spaces and dashes of any kind, marks of JSON, blocks of a picture. */
const SEPARATORS = /^[\t-\r\p{Zs}\p{Zl}\p{Zp}\p{Pd}\p{Cf}"{},\u2580-\u259f]$/u;

/** A typed key that cannot be one; names the groups to look at, counted from 1, the check's from 9; never what was typed. */
export class UnreadableKey extends Error {
  readonly groups: readonly number[];

  constructor(next: string, groups: readonly number[]) {
    super(next);
    this.name = "UnreadableKey";
    this.groups = groups;
  }

  /** A sentence for the user. */
  get whatToDoNext(): string {
    return this.message;
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

/** The check: eight pairs of digits. As secret as the digits: alone it narrows K from 256 to 192 bits. */
export function renderCheck(secret: BackupSecret): string {
  const octets = secret.copy();
  const checks = Array.from({ length: GROUPS }, (_, group) => hex(Uint8Array.of(checkOf(octets, group))));
  wipe(octets);
  return checks.join(" ");
}

/** With spaces in the place of labels: of the words on a line in front of a colon, or of what is quoted there. */
function unlabelled(typed: string): string {
  const text = typed.split("");
  for (let i = 0; i < text.length; i++) {
    if (text[i] === ":") {
      const quoted = text[i - 1] === '"';
      let from = quoted ? i - 2 : i - 1;
      while (from >= 0 && text[from] !== "\n" && !(quoted && text[from] === '"')) {
        from--;
      }
      text.fill(" ", Math.max(from, 0), i + 1);
    }
  }
  return text.join("");
}

/** The value of a digit, or nothing. On paper and in some typefaces O is 0, and I and l are 1. */
function digit(character: string): number | undefined {
  if (/^[oO]$/.test(character)) {
    return 0;
  }
  if (/^[iIlL|]$/.test(character)) {
    return 1;
  }
  if (/^\p{Nd}$/u.test(character)) {
    return digitValue(character);
  }
  // Letters of full width, too.
  const letter = "abcdef".indexOf(character.normalize("NFKC").toLowerCase());
  return /^[a-fA-F\uff21-\uff26\uff41-\uff46]$/.test(character) ? 10 + letter : undefined;
}

/** Whether a character may stand between digits: as Java has it, with the four separators of ASCII. */
function separates(character: string): boolean {
  const unit = character.charCodeAt(0);
  return (unit >= 0x1c && unit <= 0x1f) || SEPARATORS.test(character);
}

function place(group: number): string {
  return group <= GROUPS ? `group ${group}` : `pair ${group - GROUPS} of the check`;
}

function groupOf(count: number): number {
  return count < DIGITS
    ? Math.floor(count / 8) + 1
    : Math.min(Math.floor((count - DIGITS) / 2), GROUPS - 1) + 1 + GROUPS;
}

function read(text: string): number[] {
  const digits: number[] = [];
  for (const character of text.split("")) {
    if (separates(character)) {
      continue;
    }
    const value = digit(character);
    if (value === undefined) {
      const group = groupOf(digits.length);
      throw new UnreadableKey(`The key is made of 0–9 and a–f: ${place(group)} has another character.`, [group]);
    }
    digits.push(value);
  }
  return digits;
}

/** The first group of another length; the last one if all have the right length. */
function firstOddGroup(text: string): number {
  let group = 1;
  let length = 0;
  for (const character of [...text.split(""), " "]) {
    if (!separates(character)) {
      length++;
    } else if (length > 0) {
      if (length !== (group <= GROUPS ? 8 : 2)) {
        return group;
      }
      group++;
      length = 0;
    }
  }
  return Math.min(group, 2 * GROUPS);
}

function parse(typed: string, checked: boolean): BackupSecret {
  if (typed.length > TYPED_MAX) {
    throw new UnreadableKey(`The key and its check have ${DIGITS_IN_ALL} digits; far more was typed.`, []);
  }
  const text = unlabelled(typed);
  const digits = read(text);
  if (digits.length === DIGITS && checked) {
    throw new UnreadableKey("The check is missing: pairs of digits, shown below the others.", []);
  }
  if (digits.length !== DIGITS && digits.length !== DIGITS_IN_ALL) {
    const group = firstOddGroup(text);
    const look = group > 0 ? ` Look at ${place(group)}.` : "";
    const expected = "The key has 64 digits in groups of 8, and 16 of the check";
    throw new UnreadableKey(`${expected}; ${digits.length} were typed.${look}`, group > 0 ? [group] : []);
  }
  const octets = Uint8Array.from(
    { length: digits.length / 2 },
    (_, i) => 16 * (digits[2 * i] ?? 0) + (digits[2 * i + 1] ?? 0),
  );
  const wrong = [...octets.subarray(32).keys()].filter((group) => checkOf(octets, group) !== octets[32 + group]);
  if (wrong.length > 0) {
    const groups = wrong.map((group) => group + 1);
    const which =
      groups.length === 1
        ? `Group ${groups[0]} does not match its check`
        : `Groups ${groups.join(", ")} do not match their checks`;
    throw new UnreadableKey(`${which}: compare with the paper, and the order.`, groups);
  }
  const secret = BackupSecret.of(octets.subarray(0, 32));
  wipe(octets);
  return secret;
}

/** Reads the digits and the check behind them. */
export function parseKey(typed: string): BackupSecret {
  return parse(typed, true);
}

/** The same where no check was kept, and a mistyped digit makes another key; a check that is there has to match. */
export function parseUncheckedKey(typed: string): BackupSecret {
  return parse(typed, false);
}

/** Whether `typed` is that key; what is no key is not. */
export function sameKey(typed: string, secret: BackupSecret): boolean {
  try {
    const key = parseKey(typed);
    const same = key.sameAs(secret);
    key.destroy();
    return same;
  } catch (error) {
    if (error instanceof UnreadableKey) {
      return false;
    }
    throw error;
  }
}
