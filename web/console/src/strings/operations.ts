import type { AlertId } from "../operations/alerts.js";
import type { Party } from "../operations/samples.js";

/** Every sentence of the room *Operations*, in one language. */
export interface OperationsStrings {
  readonly language: string;
  readonly languageName: string;
  readonly switchLabel: string;
  readonly title: string;
  readonly rooms: {
    readonly label: string;
    readonly you: string;
    readonly trust: string;
    readonly operations: string;
  };
  readonly login: {
    readonly heading: string;
    readonly lead: string;
    readonly label: string;
    readonly go: string;
    readonly wrong: string;
    readonly tooOften: string;
    readonly unreachable: string;
  };
  readonly heading: string;
  readonly lead: string;
  readonly leave: string;
  told(when: string): string;
  /** The gatherer itself is silent. */
  lost(since: string): string;
  party(party: Party): string;
  /** `since` its last answer, or since the page looks if it never answered. */
  silent(party: string, since: string, ever: boolean): string;
  odd(party: string, why: string): string;
  unwatched(party: string): string;
  readonly unknown: string;
  readonly yes: string;
  readonly no: string;
  readonly alerts: {
    readonly heading: string;
    readonly lead: string;
    none(unknown: number): string;
    some(count: number): string;
    readonly states: Readonly<Record<"fires" | "unknown" | "quiet", string>>;
    readonly runbook: string;
    readonly names: Readonly<Record<AlertId, string>>;
    /** What it means and what to do; the paragraph of docs/operations.md has more. */
    readonly todo: Readonly<Record<AlertId, string>>;
  };
  readonly fleet: {
    readonly heading: string;
    serve(count: number, all: number, quorum: number): string;
    leader(node: number): string;
    leaders(nodes: readonly number[]): string;
    readonly noLeader: string;
    readonly caption: string;
    readonly node: string;
    readonly serves: string;
    readonly entries: string;
    readonly lag: string;
    readonly open: string;
    readonly heap: string;
    readonly certificate: string;
  };
  readonly charts: {
    readonly heading: string;
    readonly certificates: string;
    readonly attempts: string;
    readonly attemptsLead: string;
    /** Values are numbers in that language already. */
    values(now: string, most: string, minutes: number): string;
    readonly now: string;
    readonly waiting: string;
    readonly nothing: string;
  };
  readonly latency: {
    readonly heading: string;
    readonly names: Readonly<Record<"attempt" | "certify" | "capture" | "release", string>>;
    readonly recent: string;
    readonly sinceStart: string;
    below(half: string, most: string, total: string): string;
    readonly none: string;
    readonly bound: string;
    readonly count: string;
    upTo(time: string): string;
    over(time: string): string;
  };
  readonly requests: {
    readonly heading: string;
    readonly caption: string;
    readonly kind: string;
    readonly answered: string;
    readonly kinds: Readonly<Record<string, string>>;
  };
  readonly fresh: {
    readonly heading: string;
    readonly bundle: string;
    readonly bundleNone: string;
    bundleIs(epoch: number, witnesses: number, since: string, until: string): string;
    readonly caption: string;
    readonly who: string;
    readonly entries: string;
    readonly last: string;
    readonly remark: string;
    behind(published: number): string;
    byLog(witness: string): string;
    failures(count: number): string;
    epoch(epoch: number): string;
    readonly never: string;
  };
}
