import { amount, type History, type Kind, matching, nameOf, ofKind, type Party, type Sample } from "./samples.js";

/** The alerts of docs/operations.md, each a rule over what parties told. */

export const ALERTS = [
  "none-serves",
  "silent",
  "fork",
  "stopped",
  "serving",
  "certificate",
  "bundle-ends",
  "bundle-cosigned",
  "bundle-refused",
  "log-halted",
  "log-behind",
  "log-checkpoint",
  "log-witness",
  "witness-idle",
  "notary-halted",
  "notary-observed",
  "errors",
] as const;
export type AlertId = (typeof ALERTS)[number];

export interface Finding {
  readonly id: AlertId;
  readonly state: "fires" | "unknown" | "quiet";
  /** Of whom: those for whom it fires, or of whom it cannot be said. */
  readonly parties: readonly Party[];
}

const DAY = 86_400;
const SOFT_AGE = 2 * DAY;
const BUNDLE_LEFT = 5 * DAY;
const CERTIFICATE_LEFT = 30 * DAY;
/** A few times a notary's usual `observe`. */
const OBSERVED_AGE = 300;

interface Rule {
  readonly id: AlertId;
  readonly kinds: readonly Kind[];
  /** Whether it fires; undefined if that cannot be said. */
  judge(party: Party, now: number, history: History): boolean | undefined;
}

const ALL: readonly Kind[] = ["NODE", "LOG", "WITNESS", "NOTARY"];

function is(name: string, wanted: number): Rule["judge"] {
  return (party) => {
    const value = amount(party, name);
    return value === undefined ? undefined : value === wanted;
  };
}

/** Whether any of a name's moments lies before that one; 0 means that there is none. */
function before(party: Party, name: string, moment: number): boolean | undefined {
  const moments = matching(party, name).filter(({ value }) => value > 0);
  return moments.length === 0 ? undefined : moments.some(({ value }) => value < moment);
}

/** What is of a bundle: nothing where none is handed out, as of a pinned fleet. */
function ofBundle(judge: Rule["judge"]): Rule["judge"] {
  return (party, now, history) => (amount(party, "coffer_bundle_epoch") === 0 ? false : judge(party, now, history));
}

/** Fires if one does; cannot be said only if neither can. */
function either(one: boolean | undefined, other: boolean | undefined): boolean | undefined {
  return one === undefined || other === undefined ? (one ?? other) : one || other;
}

const RULES: readonly Rule[] = [
  {
    id: "silent",
    kinds: ALL,
    judge: ({ state }) => (state === "unwatched" ? undefined : state !== "answers"),
  },
  {
    id: "fork",
    kinds: ["NODE"],
    judge: (party) =>
      party.state !== "answers" ? undefined : (amount(party, "coffer_events_total", { event: "fork_heard" }) ?? 0) > 0,
  },
  { id: "stopped", kinds: ["NODE"], judge: is("coffer_stopped", 1) },
  { id: "serving", kinds: ["NODE"], judge: is("coffer_serving", 0) },
  {
    id: "certificate",
    kinds: ["NODE"],
    judge: (party, now) => before(party, "coffer_certificate_expires_seconds", now + CERTIFICATE_LEFT),
  },
  {
    id: "bundle-ends",
    kinds: ["NODE"],
    judge: ofBundle((party, now) => before(party, "coffer_bundle_ends_seconds", now + BUNDLE_LEFT)),
  },
  {
    id: "bundle-cosigned",
    kinds: ["NODE"],
    judge: ofBundle((party, now) => before(party, "coffer_bundle_cosigned_seconds", now - SOFT_AGE)),
  },
  { id: "bundle-refused", kinds: ["NODE"], judge: is("coffer_bundle_refused", 1) },
  { id: "log-halted", kinds: ["LOG"], judge: is("coffer_log_halted", 1) },
  {
    id: "log-behind",
    kinds: ["LOG"],
    judge: (party, _now, history) =>
      history.lasting(party, (one) => {
        const [published, size] = ["coffer_log_published_size", "coffer_log_tree_size"].map((name) =>
          amount(one, name),
        );
        return published !== undefined && size !== undefined && published < size;
      }),
  },
  {
    id: "log-checkpoint",
    kinds: ["LOG"],
    judge: (party, now) => before(party, "coffer_log_checkpoint_seconds", now - SOFT_AGE),
  },
  {
    id: "log-witness",
    kinds: ["LOG"],
    judge: (party, now, history) =>
      either(
        before(party, "coffer_log_cosigned_seconds", now - SOFT_AGE),
        history.grew(party, "coffer_log_witness_failures_total"),
      ),
  },
  {
    id: "witness-idle",
    kinds: ["WITNESS"],
    judge: (party, now) => before(party, "coffer_witness_cosigned_seconds", now - SOFT_AGE),
  },
  { id: "notary-halted", kinds: ["NOTARY"], judge: is("coffer_notary_halted", 1) },
  {
    id: "notary-observed",
    kinds: ["NOTARY"],
    judge: (party, now, history) =>
      either(
        before(party, "coffer_notary_observed_seconds", now - OBSERVED_AGE),
        history.grew(party, "coffer_notary_observe_failures_total"),
      ),
  },
  {
    id: "errors",
    kinds: ["LOG", "WITNESS", "NOTARY"],
    judge: (party, _now, history) => {
      const failing = matching(party, "coffer_requests_total").filter(({ labels }) => labels.status?.startsWith("5"));
      if (party.state !== "answers") {
        return undefined;
      }
      return failing.some(({ labels }) => history.grew(party, "coffer_requests_total", labels) === true);
    },
  },
];

function noneServes(sample: Sample): Finding {
  const nodes = ofKind(sample, "NODE");
  const serving = nodes.map((node) => amount(node, "coffer_serving"));
  const state = serving.includes(1) ? "quiet" : serving.includes(0) ? "fires" : "unknown";
  return { id: "none-serves", state, parties: [] };
}

/** Each alert, those that fire first. */
export function findings(history: History): readonly Finding[] {
  const { last } = history;
  if (last === undefined) {
    return [];
  }
  const now = last.at / 1_000;
  const judged = RULES.map(({ id, kinds, judge }): Finding => {
    const parties = last.parties.filter(({ kind }) => kinds.includes(kind));
    const verdicts = new Map(parties.map((party) => [nameOf(party), judge(party, now, history)]));
    const those = (verdict: boolean | undefined) => parties.filter((party) => verdicts.get(nameOf(party)) === verdict);
    const [fires, unknown] = [those(true), those(undefined)];
    if (fires.length > 0) {
      return { id, state: "fires", parties: fires };
    }
    const none = unknown.length > 0 || parties.length === 0;
    return { id, state: none ? "unknown" : "quiet", parties: unknown };
  });
  const order = { fires: 0, unknown: 1, quiet: 2 };
  return [noneServes(last), ...judged].sort((a, b) => order[a.state] - order[b.state]);
}
