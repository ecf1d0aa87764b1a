import type { CommonCodes } from "./common-codes.js";

/**
 * What is weak about a code, as the Java client's CodeStrength says it: web/vectors/code-strength.json holds both to it.
 * Warns, and never refuses: the guess limit is what protects a short code.
 */
export type Weakness = "one-character" | "counts" | "one-piece" | "date" | "keyboard" | "name" | "common";

export interface Strength {
  /**
   * `weak`: among the first that somebody tries. `fair`: good while the HSMs count guesses. `strong`: of a form that takes
   * years to search even past broken HSMs and Argon2id, if it was drawn at random, which nothing here can know.
   */
  readonly word: "weak" | "fair" | "strong";
  readonly because: Weakness | undefined;
}

/** What lies side by side on keyboards and number pads, and is typed along. */
const ROWS = (
  "1234567890 qwertyuiop qwertzuiop azertyuiop asdfghjkl qsdfghjklm zxcvbnm yxcvbnm wxcvbn qaz wsx edc rfv tgb yhn ujm" +
  " 1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 147 258 369 159 357 753 951 7410 abcdefghijklmnopqrstuvwxyz"
)
  .split(" ")
  .flatMap((row) => [row, [...row].reverse().join("")]);

/** Shortest piece of a keyboard's row, and of a name. */
const PIECE_MIN = 3;
/** How many characters around a common code leave it one. */
const AROUND_MAX = 3;
/** No common code is shorter. */
const COMMON_MIN = 6;
/** Four words of a list of 7,776 are 51 bits; fourteen characters of three kinds more. */
const STRONG_WORDS = 4;
const STRONG_LENGTH = 14;
const STRONG_DIFFERENT = 10;

/** A digit of any script as one of ours: the ten of a script follow each other. */
function digit(unit: string): string {
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCharCode(unit.charCodeAt(0) - value - 1))) {
    value++;
  }
  return String(value);
}

/** Small letters, without what stands between digits and words; unit by unit of UTF-16, as in Java. */
function plain(typed: string): string {
  return typed
    .split("")
    .filter((unit) => !/[\p{Z}\-._/,:]/u.test(unit))
    .map((unit) => (/\p{Nd}/u.test(unit) ? digit(unit) : unit.toLowerCase().charAt(0)))
    .join("");
}

function steps(text: string, by: number): boolean {
  return text.split("").every((_, at) => at === 0 || text.charCodeAt(at) - text.charCodeAt(at - 1) === by);
}

/** The same one to four characters over and over. */
function repeats(text: string): boolean {
  return [1, 2, 3, 4].some((period) => 2 * period <= text.length && text.slice(period) === text.slice(0, -period));
}

/** Six or eight digits: day, month, year in any order in use. */
function isDate(text: string): boolean {
  const numbers = /^([0-9]{6}|[0-9]{8})$/.test(text) ? (text.match(/../g) as string[]).map(Number) : [];
  const month = (at: number) => (numbers[at] as number) >= 1 && (numbers[at] as number) <= 12;
  const day = (at: number) => (numbers[at] as number) >= 1 && (numbers[at] as number) <= 31;
  const both = (at: number) => (day(at) && month(at + 1)) || (month(at) && day(at + 1));
  const year = (at: number) => numbers[at] === 19 || numbers[at] === 20;
  switch (numbers.length) {
    case 3:
      return both(0) || both(1) || (year(0) && month(2)) || (year(1) && month(0));
    case 4:
      return (year(2) && both(0)) || (year(0) && both(2));
    default:
      return false;
  }
}

/** Whether it is nothing but pieces of rows, forwards or backwards. */
function isTypedAlong(text: string): boolean {
  let rest = text;
  while (rest !== "") {
    let length = 0;
    while (length < rest.length && ROWS.some((row) => row.includes(rest.slice(0, length + 1)))) {
      length++;
    }
    if (length < PIECE_MIN) {
      return false;
    }
    rest = rest.slice(length);
  }
  return text !== "";
}

/** The name as a whole, or what stands before an @, and not much more. */
function holdsName(text: string, account: string): boolean {
  const small = account.toLowerCase();
  const at = small.indexOf("@");
  const name = plain(at > 0 ? small.slice(0, at) : small);
  return name.length >= PIECE_MIN && text.length - name.length <= name.length + AROUND_MAX && text.includes(name);
}

/** Whether it is a common code, with little around it. */
function isCommon(text: string, common: CommonCodes): boolean {
  for (let size = Math.max(COMMON_MIN, text.length - AROUND_MAX); size <= text.length; size++) {
    for (let from = 0; from + size <= text.length; from++) {
      if (common.has(text.slice(from, from + size))) {
        return true;
      }
    }
  }
  return false;
}

/**
 * @param account its name, which a thief knows
 * @param common without them, none is found to be among them
 */
export function weaknessOf(typed: string, account: string, common: CommonCodes = new Set()): Weakness | undefined {
  const text = plain(typed);
  const rules: readonly (readonly [Weakness, () => boolean])[] = [
    ["one-character", () => steps(text, 0)],
    ["counts", () => steps(text, 1) || steps(text, -1)],
    ["one-piece", () => repeats(text)],
    ["date", () => isDate(text)],
    ["keyboard", () => isTypedAlong(text)],
    ["name", () => holdsName(text, account)],
    ["common", () => isCommon(text, common)],
  ];
  return rules.find(([, holds]) => holds())?.[0];
}

function mayTakeYears(typed: string): boolean {
  const words = new Set(typed.toLowerCase().match(/\p{L}{3,}/gu) ?? []);
  const characters = [...typed];
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u].every((kind) => kind.test(typed));
  const mixed = kinds && characters.length >= STRONG_LENGTH && new Set(characters).size >= STRONG_DIFFERENT;
  return words.size >= STRONG_WORDS || mixed;
}

export function strengthOf(typed: string, account: string, common?: CommonCodes): Strength {
  const because = weaknessOf(typed, account, common);
  if (because !== undefined) {
    return { word: "weak", because };
  }
  return { word: mayTakeYears(typed) ? "strong" : "fair", because };
}
