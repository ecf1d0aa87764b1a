import type { HistoryItem, Progress, UnacceptableCode, UnreadableKey } from "@coffer/client";
import type { By, EnrolmentFailure, PasskeyEnd, RecoveryFailure, Screen, UnlockFailure, Way } from "../screen.js";
import type { Strength, Weakness } from "../strength.js";
import { DE } from "./de.js";
import { EN } from "./en.js";
import type { TrustStrings } from "./trust.js";

type Recovered = NonNullable<Extract<Screen, { at: "unlocked" }>["told"]>;
type WrongCode = NonNullable<Extract<Screen, { at: "type-code" }>["wrong"]>;

/** Every sentence of the page, in one language. */
export interface Strings {
  readonly language: string;
  readonly languageName: string;
  readonly switchLabel: string;
  readonly title: string;
  readonly simulated: string;
  readonly rooms: { readonly label: string; readonly you: string; readonly trust: string; readonly operations: string };
  readonly trust: TrustStrings;
  readonly reload: string;
  readonly files: string;
  readonly filesUnloaded: string;
  readonly account: { readonly heading: string; readonly lead: string; readonly label: string; readonly go: string };
  readonly noLogin: { readonly heading: string; readonly lead: string; readonly again: string };
  readonly badDeployment: { readonly heading: string; readonly lead: string };
  readonly home: {
    readonly heading: string;
    readonly lead: string;
    readonly turnOn: string;
    readonly recover: string;
    readonly key: string;
  };
  readonly vault: {
    readonly summary: string;
    readonly asking: string;
    readonly fleet: string;
    readonly hsms: string;
    readonly models: string;
    readonly guesses: string;
    readonly witnesses: string;
    readonly seen: string;
    readonly stale: string;
    quorum(n: number, q: number): string;
  };
  readonly choose: {
    readonly heading: string;
    readonly changeHeading: string;
    readonly lead: string;
    readonly code: string;
    readonly again: string;
    readonly show: string;
    readonly submit: string;
    readonly notTheSame: string;
    strength(strength: Strength): string;
    readonly unknowing: string;
    /** Where the list of common codes is not there. */
    readonly unlisted: string;
  };
  readonly weaknesses: Readonly<Record<Weakness, string>>;
  readonly replace: { readonly heading: string; readonly lead: string; readonly go: string };
  readonly working: {
    readonly enrolment: string;
    readonly recovery: string;
    readonly passkey: string;
    readonly practice: string;
    readonly unlocks: string;
    readonly cancel: string;
    readonly bar: string;
    step(progress: Progress | { readonly step: "waiting" }): string;
  };
  readonly code: {
    readonly heading: string;
    readonly lead: string;
    readonly wrongHeading: string;
    readonly label: string;
    readonly submit: string;
  };
  readonly key: {
    readonly heading: string;
    readonly lead: string;
    readonly label: string;
    readonly submit: string;
    readonly shownHeading: string;
    readonly shownLead: string;
    readonly check: string;
    readonly qr: string;
    readonly print: string;
    readonly written: string;
    readonly confirmHeading: string;
    readonly confirmLead: string;
    group(number: number): string;
    readonly confirm: string;
    readonly differ: string;
    readonly look: string;
  };
  readonly unlocked: {
    readonly headings: Readonly<Record<By, string>>;
    readonly leads: Readonly<Record<By, string>>;
    readonly confirmed: string;
    readonly showKey: string;
    readonly change: string;
    readonly lock: string;
    readonly history: string;
    readonly kinds: Readonly<Record<HistoryItem["kind"], string>>;
    readonly stale: string;
    suspects(indices: readonly number[]): string;
  };
  readonly practise: {
    readonly wish: string;
    readonly wishMeans: string;
    readonly go: string;
    /** Where it can be practised; `long` where that was long ago. */
    remind(last: string, long: boolean): string;
    readonly heading: string;
    readonly lead: string;
    readonly label: string;
    readonly submit: string;
    right(since: string): string;
    wrong(since: string): string;
    readonly forget: string;
    readonly notErased: string;
  };
  readonly unlocks: {
    readonly manage: string;
    readonly heading: string;
    readonly lead: string;
    readonly code: string;
    readonly live: string;
    readonly gone: string;
    readonly unknown: string;
    readonly paper: string;
    readonly paperIs: string;
    readonly passkeys: string;
    readonly passkeysUnread: string;
    passkeysAre(names: readonly string[]): string;
    /** When it was last used on this device. */
    used(last: string | undefined): string;
  };
  readonly passkeys: {
    readonly manage: string;
    readonly heading: string;
    readonly lead: string;
    readonly label: string;
    readonly add: string;
    readonly finish: string;
    readonly nameless: string;
    rename(name: string): string;
    newName(name: string): string;
    readonly saveName: string;
    revoke(name: string): string;
    readonly touchHeading: string;
    readonly touchLead: string;
    readonly touch: string;
  };
  readonly failed: { readonly enrolment: string; readonly recovery: string; readonly broken: string };
  readonly brokenLead: string;
  readonly ways: Readonly<Record<Way, string>>;
  recovered(end: Recovered): string;
  wrongCode(end: WrongCode): string;
  recoveryEnd(end: RecoveryFailure): string;
  enrolmentEnd(end: EnrolmentFailure): string;
  unlockEnd(end: UnlockFailure): string;
  passkeyEnd(end: PasskeyEnd): string;
  unacceptable(problem: UnacceptableCode): string;
  unreadable(problem: UnreadableKey): string;
}

export const LANGUAGES: readonly Strings[] = [EN, DE];

/** The first wanted language that there is; English if none is. */
export function stringsFor(wanted: readonly string[]): Strings {
  const known = (tag: string) => LANGUAGES.find(({ language }) => tag.toLowerCase().split("-")[0] === language);
  return wanted.map(known).find((found) => found !== undefined) ?? EN;
}
