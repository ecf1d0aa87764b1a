import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ALERTS, type AlertId, findings } from "../src/operations/alerts.js";
import { below, History, histogram, type Party, readSample } from "../src/operations/samples.js";
import { SECTIONS } from "../src/operations/view.js";
import { OPERATIONS_DE } from "../src/strings/operations-de.js";
import { OPERATIONS_EN } from "../src/strings/operations-en.js";
import { answer, type Told, WELL } from "./operations-state.js";

/** What the operator's page makes of what it is told. */

const START = 1_900_000_000_000;

/** A history of these answers, five seconds apart. */
function history(...answers: readonly (readonly Told[])[]): History {
  const made = new History();
  answers.forEach((parties, at) => {
    made.add(readSample(answer(START + at * 5_000, parties)));
  });
  return made;
}

/** All parties as they should be, but for one. */
function but(kind: string, metrics: Readonly<Record<string, number>>, more: Partial<Told> = {}): readonly Told[] {
  const at = WELL(START).findIndex((party) => party.kind === kind);
  return WELL(START).map((party, index) =>
    index === at ? { ...party, ...more, metrics: { ...party.metrics, ...metrics } } : party,
  );
}

function firing(made: History): readonly AlertId[] {
  return findings(made)
    .filter(({ state }) => state === "fires")
    .map(({ id }) => id);
}

const NOW = START / 1_000;
const DAY = 86_400;

test("each alert fires on what it is for, alone, and names who it is", () => {
  expect(findings(history(WELL(START), WELL(START))).filter(({ state }) => state === "fires")).toEqual([]);
  const witness = { 'coffer_log_cosigned_seconds{witness="w/1"}': NOW - 2 * DAY - 1 };
  const cases: readonly (readonly [AlertId, readonly Told[]])[] = [
    ["serving", but("NODE", { coffer_serving: 0 })],
    ["stopped", but("NODE", { coffer_stopped: 1 })],
    ["fork", but("NODE", { 'coffer_events_total{event="fork_heard"}': 1 })],
    ["certificate", but("NODE", { 'coffer_certificate_expires_seconds{file="ca.pem"}': NOW + 30 * DAY - 1 })],
    ["bundle-ends", but("NODE", { coffer_bundle_ends_seconds: NOW + 5 * DAY - 1 })],
    ["bundle-cosigned", but("NODE", { coffer_bundle_cosigned_seconds: NOW - 2 * DAY - 1 })],
    ["bundle-refused", but("NODE", { coffer_bundle_refused: 1 })],
    ["log-halted", but("LOG", { coffer_log_halted: 1 })],
    ["log-checkpoint", but("LOG", { coffer_log_checkpoint_seconds: NOW - 2 * DAY - 1 })],
    ["log-witness", but("LOG", witness)],
    ["witness-idle", but("WITNESS", { 'coffer_witness_cosigned_seconds{origin="log"}': NOW - 2 * DAY - 1 })],
    ["notary-halted", but("NOTARY", { coffer_notary_halted: 1 })],
    ["notary-observed", but("NOTARY", { coffer_notary_observed_seconds: NOW - 301 })],
    ["silent", but("WITNESS", {}, { state: "silent" })],
    ["silent", but("NODE", {}, { state: "odd", why: "HTTP 500" })],
  ];
  for (const [id, parties] of cases) {
    const made = history(parties);
    expect([id, ...firing(made)]).toEqual([id, id]);
    expect(findings(made)[0]?.parties).toHaveLength(1);
  }
});

test("what has to grow or to last fires once it does, and not on its first look", () => {
  const failing = (count: number) => but("LOG", { 'coffer_log_witness_failures_total{witness="w/1"}': count });
  expect(firing(history(failing(3)))).toEqual([]);
  expect(firing(history(failing(3), failing(3)))).toEqual([]);
  expect(firing(history(failing(3), failing(4)))).toEqual(["log-witness"]);
  // A restart: what it counts anew is no growth.
  expect(firing(history(failing(3), failing(0)))).toEqual([]);
  const looks = (count: number) => but("NOTARY", { coffer_notary_observe_failures_total: count });
  expect(firing(history(looks(0), looks(1)))).toEqual(["notary-observed"]);
  const errors = (count: number) => but("WITNESS", { 'coffer_requests_total{status="503"}': count });
  expect(firing(history(errors(1), errors(2)))).toEqual(["errors"]);
  const behind = but("LOG", { coffer_log_published_size: 3 });
  expect(firing(history(...Array(12).fill(behind)))).toEqual([]);
  expect(firing(history(...Array(13).fill(behind)))).toEqual(["log-behind"]);
  expect(firing(history(...Array(6).fill(behind), WELL(START), ...Array(6).fill(behind)))).toEqual([]);
});

test("what nobody tells is unknown, and no fleet serves whose nodes all say so", () => {
  const silent = WELL(START).map((party) => ({ ...party, state: "silent" as const, metrics: {} }));
  const states = new Map(findings(history(silent)).map(({ id, state }) => [id, state]));
  expect([...states.keys()].sort()).toEqual([...ALERTS].sort());
  expect(states.get("silent")).toBe("fires");
  states.delete("silent");
  expect(new Set(states.values())).toEqual(new Set(["unknown"]));
  const none = WELL(START).map((party) => ({ ...party, metrics: { ...party.metrics, coffer_serving: 0 } }));
  expect(firing(history(none))).toEqual(["none-serves", "serving"]);
  // Of a pinned fleet there is no bundle, and nothing of one is an alert.
  const pinned = but("NODE", {
    coffer_bundle_epoch: 0,
    coffer_bundle_ends_seconds: 0,
    coffer_bundle_cosigned_seconds: 0,
  });
  expect(firing(history(pinned))).toEqual([]);
});

test("rates are of what nodes counted in between, and what began anew makes a gap", () => {
  const counted = (first: number, second: number) =>
    WELL(START).map((party) => {
      const count = party.name === "1" ? first : second;
      const attempts = 'coffer_answer_seconds_count{type="ATTEMPT"}';
      return party.kind === "NODE" && (party.name === "1" || party.name === "2")
        ? { ...party, metrics: { coffer_certify_seconds_count: count, [attempts]: count } }
        : { ...party, metrics: {} };
    });
  const made = history(counted(10, 20), counted(20, 25), counted(0, 30), counted(0, 0));
  expect(made.points).toEqual([
    { at: START + 5_000, certificates: 2, attempts: 180 },
    { at: START + 10_000, certificates: 1, attempts: 60 },
    { at: START + 15_000, certificates: 0, attempts: 0 },
  ]);
  made.gap(5_000);
  expect(made.points.at(-1)).toEqual({ at: START + 20_000, certificates: undefined, attempts: undefined });
  // A clock that was set back ends what could not be compared.
  made.add(readSample(answer(START, counted(1, 1))));
  expect(made.points).toEqual([]);
});

test("a histogram is of the time since the page looks, or of all where that says nothing", () => {
  const buckets = (few: number, many: number) =>
    but("NODE", {
      'coffer_release_seconds_bucket{le="0.001"}': few,
      'coffer_release_seconds_bucket{le="0.5"}': many,
      'coffer_release_seconds_bucket{le="+Inf"}': many + 1,
    });
  const one = histogram(history(buckets(5, 10)), "coffer_release_seconds");
  expect(one).toMatchObject({ recent: false, total: 11 + 3 * 4, bars: [{ bound: 0.001, count: 5 + 4 }, {}, {}] });
  const two = histogram(history(buckets(5, 10), buckets(5, 14), buckets(6, 19)), "coffer_release_seconds");
  expect(two).toMatchObject({ recent: true, total: 9, bars: [{ count: 1 }, { count: 8 }, { count: 0 }] });
  expect(below(two as NonNullable<typeof two>, 0.5)).toBe(0.5);
  expect(below(two as NonNullable<typeof two>, 0.1)).toBe(0.001);
  const anew = histogram(history(buckets(5, 10), buckets(0, 1)), "coffer_release_seconds");
  expect(anew).toMatchObject({ recent: false });
  expect(histogram(history([]), "coffer_release_seconds")).toBeUndefined();
});

test("what is kept has an end, and a party's last answer outlives its silence", () => {
  const made = new History();
  for (let at = 0; at < 1_000; at++) {
    const parties = at < 990 ? WELL(START) : but("NODE", {}, { state: "silent" });
    made.add(readSample(answer(START + at * 5_000, parties)));
  }
  expect(made.points).toHaveLength(720);
  expect(made.answered(made.last?.parties[0] as Party)).toBe(START + 989 * 5_000);
});

test("an answer that is none is refused, and numbers that are none are passed by", () => {
  const good = answer(START, WELL(START));
  for (const bad of [
    "",
    "[]",
    "null",
    good.replace('"at"', '"when"'),
    good.replace('"NODE"', '"HSM"'),
    good.slice(1),
  ]) {
    expect(() => readSample(bad)).toThrow();
  }
  expect(() => readSample(answer(START, Array(41).fill(WELL(START)[0])))).toThrow(TypeError);
  const party = readSample(
    good.replace('"coffer_serving":"1"', '"coffer_serving":"NaN","coffer_x{a=\\"\\\\\\"}\\",b=\\"2\\"}":"4"'),
  ).parties[0];
  expect(party?.metrics.get("coffer_serving")).toBeUndefined();
  expect(party?.metrics.get("coffer_x")).toEqual([{ labels: { a: '"}', b: "2" }, value: 4 }]);
});

test("the page knows every counter that the runbook has an alert for, and names sections that are there", () => {
  const runbook = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const rows = runbook.match(/^\| `coffer_.*$/gm) ?? [];
  const names = new Set(rows.flatMap((row) => (row.split("|")[1] as string).match(/coffer_[a-z_]+/g) ?? []));
  expect(names.size).toBeGreaterThan(15);
  const folder = fileURLToPath(new URL("../src/operations", import.meta.url));
  const sources = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, "utf8"));
  const unknown = [...names].filter((name) => !sources.some((source) => source.includes(`"${name}"`)));
  expect(unknown).toEqual([]);
  for (const section of Object.values(SECTIONS)) {
    expect(runbook).toContain(`## ${section}\n`);
  }
  for (const { alerts } of [OPERATIONS_EN, OPERATIONS_DE]) {
    expect(Object.keys(alerts.todo).sort()).toEqual([...ALERTS].sort());
  }
});
