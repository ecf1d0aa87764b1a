/**
 * What was typed in the one form in which every device types it (PROTOCOL.md §7.1): RFC 8265 §4.2, OpaqueString, with
 * spaces at the ends left out, grouped digits of any script as ASCII digits, typographic punctuation as what was typed
 * for it, and the zero-width joiners refused everywhere.
 */

const DIGIT = /^\p{Nd}$/u;
const DIGITS = /^[\p{Nd} ]+$/u;
const SPACES = /\p{Zs}/gu;
/** What keyboards and word processors make of the keys for quotes, hyphen and full stop. */
const TYPOGRAPHIC: readonly (readonly [RegExp, string])[] = [
  [/[\u2018-\u201b\u2032\u2039\u203a]/gu, "'"],
  [/[\u201c-\u201f\u2033\u00ab\u00bb]/gu, '"'],
  [/[\u2010-\u2013\u2212]/gu, "-"],
  [/[\u2014\u2015]/gu, "--"],
  [/\u2026/gu, "..."],
];
/** Controls, formats, surrogates, private use, line and paragraph separators, noncharacters; not what is unassigned. */
const FORBIDDEN_CATEGORY = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]$/u;
/** RFC 5892 §2.6: exceptions that are disallowed. */
const FORBIDDEN = /^[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]$/u;
/** RFC 8264 §9.9: conjoining jamo that NFC has not composed. */
const OLD_HANGUL_JAMO = /^[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]$/u;
/** RFC 8264 §9.13, where the general category does not tell already. */
const IGNORABLE = /^(?:\u034f|[\u17b4-\u17b5]|[\u180b-\u180f]|\u3164|[\ufe00-\ufe0f]|\uffa0|[\u{e0000}-\u{e0fff}])$/u;
const UNASSIGNED = /\p{Cn}/u;
const ARABIC_INDIC = /[\u0660-\u0669]/u;
const EXTENDED_ARABIC_INDIC = /[\u06f0-\u06f9]/u;
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/** The value of a decimal digit: digits stand in runs of ten, zero first. */
export function digitValue(digit: string): number {
  const codePoint = digit.codePointAt(0) as number;
  let first = codePoint;
  while (first > 0 && DIGIT.test(String.fromCodePoint(first - 1))) {
    first--;
  }
  return (codePoint - first) % 10;
}

/** RFC 5892, appendix A.3 to A.9; `undefined` for a code point that no context rule is about. */
function fitsContext(points: readonly string[], at: number, whole: string): boolean | undefined {
  const point = points[at] as string;
  const before = points[at - 1] ?? "";
  switch (point) {
    case "\u00b7":
      return before === "l" && points[at + 1] === "l";
    case "\u0375":
      return /^\p{Script=Greek}$/u.test(points[at + 1] ?? "");
    case "\u05f3":
    case "\u05f4":
      return /^\p{Script=Hebrew}$/u.test(before);
    case "\u30fb":
      return JAPANESE.test(whole);
    default:
      if (ARABIC_INDIC.test(point)) {
        return !EXTENDED_ARABIC_INDIC.test(whole);
      }
      return EXTENDED_ARABIC_INDIC.test(point) ? !ARABIC_INDIC.test(whole) : undefined;
  }
}

/** RFC 8264 §4.3, FreeformClass; §8 gives the order. */
function allows(points: readonly string[], at: number, whole: string): boolean {
  const point = points[at] as string;
  const fits = fitsContext(points, at, whole);
  if (fits !== undefined) {
    return fits;
  }
  return ![FORBIDDEN, OLD_HANGUL_JAMO, IGNORABLE, FORBIDDEN_CATEGORY].some((kind) => kind.test(point));
}

function composed(text: string): string | undefined {
  const whole = text.normalize("NFC");
  const points = [...whole];
  return points.every((_, at) => allows(points, at, whole)) ? whole : undefined;
}

function asciiDigits(digits: string): string {
  return [...digits].map(digitValue).join("");
}

/** The enforced form; `undefined` if a character is not allowed. */
export function enforce(typed: string): string | undefined {
  const trimmed = typed.replace(SPACES, " ").replace(/^ +| +$/gu, "");
  return DIGITS.test(trimmed)
    ? asciiDigits(trimmed.replaceAll(" ", ""))
    : composed(TYPOGRAPHIC.reduce((text, [found, keys]) => text.replace(found, keys), trimmed));
}

/** The form before codes had one on every device: nothing but the RFC's, and digits of a script. */
export function enforceEarlier(typed: string): string | undefined {
  if (/^\p{Nd}+$/u.test(typed)) {
    return asciiDigits(typed);
  }
  const form = composed(typed.replace(SPACES, " "));
  return form === undefined || UNASSIGNED.test(form) ? undefined : form;
}
