/** What can honestly be said of a code on a page that carries no list of common codes. */
export type Weakness = "one-character" | "counts" | "repeats" | "date" | "keyboard" | "account";

export interface Strength {
  /**
   * `weak`: among the first that somebody tries. `fair`: good while the HSMs count guesses. `strong`: of a form that takes
   * years to search even past broken HSMs and Argon2id, if it was drawn at random, which nothing here can know.
   */
  readonly word: "weak" | "fair" | "strong";
  readonly because: Weakness | undefined;
}

const ROWS = [
  "1234567890",
  "qwertyuiop",
  "qwertzuiop",
  "azertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "yxcvbnm",
  "1qaz2wsx3edc",
];
const PIECE_MIN = 4;
/** Four words of a list of 7,776 are 51 bits; fourteen characters of three kinds more. */
const STRONG_WORDS = 4;
const STRONG_LENGTH = 14;
const STRONG_DIFFERENT = 10;

function steps(text: string, by: number): boolean {
  return [...text].every((_, at) => at === 0 || text.charCodeAt(at) - text.charCodeAt(at - 1) === by);
}

function repeats(text: string): boolean {
  return [2, 3, 4].some((period) => 2 * period <= text.length && text.slice(period) === text.slice(0, -period));
}

function isDay(day: string, month: string): boolean {
  return Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12;
}

function isDate(text: string): boolean {
  if (!/^([0-9]{6}|(19|20)[0-9]{6}|[0-9]{4}(19|20)[0-9]{2})$/.test(text)) {
    return false;
  }
  const parts = text.match(/../g) as string[];
  return parts.slice(1).some((part, at) => isDay(parts[at] as string, part) || isDay(part, parts[at] as string));
}

/** Made of pieces of a keyboard's row alone, in either direction. */
function isTypedAlong(text: string): boolean {
  const rows = [...ROWS, ...ROWS.map((row) => [...row].reverse().join(""))];
  let rest = text;
  while (rest !== "") {
    const length = [...rest].findLastIndex((_, at) => rows.some((row) => row.includes(rest.slice(0, at + 1)))) + 1;
    if (length < PIECE_MIN) {
      return false;
    }
    rest = rest.slice(length);
  }
  return text !== "";
}

function weaknessOf(text: string, account: string): Weakness | undefined {
  const name = account.toLowerCase();
  const rules: readonly (readonly [Weakness, boolean])[] = [
    ["one-character", steps(text, 0)],
    ["counts", steps(text, 1) || steps(text, -1)],
    ["repeats", repeats(text)],
    ["date", isDate(text)],
    ["keyboard", isTypedAlong(text)],
    ["account", name.length > 2 && text.includes(name)],
  ];
  return rules.find(([, found]) => found)?.[0];
}

function mayTakeYears(typed: string): boolean {
  const words = new Set(typed.toLowerCase().match(/\p{L}{3,}/gu) ?? []);
  const characters = [...typed];
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u].every((kind) => kind.test(typed));
  const mixed = kinds && characters.length >= STRONG_LENGTH && new Set(characters).size >= STRONG_DIFFERENT;
  return words.size >= STRONG_WORDS || mixed;
}

/** @param account its name, which a thief knows */
export function strengthOf(typed: string, account: string): Strength {
  const text = typed.toLowerCase().replace(/[\s\-._/,:]/g, "");
  const because = weaknessOf(text, account);
  if (because !== undefined) {
    return { word: "weak", because };
  }
  return { word: mayTakeYears(typed) ? "strong" : "fair", because };
}
