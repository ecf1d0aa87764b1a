import type { OperationsStrings } from "../strings/operations.js";
import { button, h } from "../view/dom.js";
import { ALERTS, type AlertId, type Finding, findings } from "./alerts.js";
import { bar, line, type Table, table } from "./chart.js";
import {
  ANSWERED,
  ATTEMPTS,
  amount,
  below,
  type History,
  histogram,
  matching,
  ofKind,
  type Party,
  type Point,
  type Sample,
} from "./samples.js";

/** The room as it is drawn: made once a language, and filled anew with each sample, so that nobody loses their place. */

/** The section of docs/operations.md that says more. */
export const SECTIONS: Readonly<Record<AlertId, string>> = {
  "none-serves": "When something is broken",
  silent: "When something is broken",
  fork: "When something is broken",
  stopped: "When something is broken",
  serving: "When something is broken",
  certificate: "Certificates",
  "bundle-ends": "Bundles",
  "bundle-cosigned": "Bundles",
  "bundle-refused": "Bundles",
  "log-halted": "Log, witness, notary",
  "log-behind": "Log, witness, notary",
  "log-checkpoint": "Log, witness, notary",
  "log-witness": "Log, witness, notary",
  "witness-idle": "Log, witness, notary",
  "notary-halted": "Log, witness, notary",
  "notary-observed": "Log, witness, notary",
  errors: "Log, witness, notary",
};

const LATENCIES = [
  ["attempt", "coffer_answer_seconds", ATTEMPTS],
  ["certify", "coffer_certify_seconds", {}],
  ["capture", "coffer_capture_seconds", {}],
  ["release", "coffer_release_seconds", {}],
] as const;

const AGES = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** Numbers and times as the language writes them. */
class Words {
  readonly strings: OperationsStrings;
  readonly #locale: string;

  constructor(strings: OperationsStrings) {
    this.strings = strings;
    // As people there write numbers and times: English has two ways at least.
    this.#locale = navigator.languages.find((tag) => tag.split("-")[0] === strings.language) ?? strings.language;
  }

  number(value: number | undefined, digits = 0): string {
    return value === undefined
      ? this.strings.unknown
      : new Intl.NumberFormat(this.#locale, { maximumFractionDigits: digits }).format(value);
  }

  clock(millis: number): string {
    return new Intl.DateTimeFormat(this.#locale, { timeStyle: "medium" }).format(millis);
  }

  day(seconds: number | undefined): string {
    return seconds === undefined
      ? this.strings.unknown
      : new Intl.DateTimeFormat(this.#locale, { dateStyle: "medium" }).format(seconds * 1_000);
  }

  /** How far a moment lies from now, both in seconds since 1970. */
  away(moment: number, now: number): string {
    const format = new Intl.RelativeTimeFormat(this.#locale, { numeric: "always" });
    const away = moment - now;
    const [unit, size] = AGES.find(([, each]) => Math.abs(away) >= each) ?? (["second", 1] as const);
    return format.format(Math.round(away / size), unit);
  }

  duration(seconds: number | undefined): string {
    const small = seconds !== undefined && seconds < 1;
    return `${this.number(small ? seconds * 1_000 : seconds)} ${small ? "ms" : "s"}`;
  }

  /** Why a party's numbers are not there; undefined if they are. */
  silence(party: Party, history: History, began: number): string | undefined {
    const { strings } = this;
    const name = strings.party(party);
    const since = history.answered(party);
    switch (party.state) {
      case "answers":
        return undefined;
      case "silent":
        return strings.silent(name, this.clock(since ?? began), since !== undefined);
      case "odd":
        return strings.odd(name, party.why);
      case "unwatched":
        return strings.unwatched(name);
    }
  }
}

function sumOf(sample: Sample, name: string, labels?: Readonly<Record<string, string>>): number | undefined {
  const values = ofKind(sample, "NODE").map((node) => amount(node, name, labels));
  const told = values.filter((value) => value !== undefined);
  return told.length === 0 ? undefined : told.reduce((sum, value) => sum + value, 0);
}

export interface RoomOptions {
  readonly strings: OperationsStrings;
  readonly history: History;
  /** When the page began to look, in milliseconds since 1970. */
  readonly began: number;
  readonly leave: () => void;
}

interface Alert {
  readonly element: HTMLElement;
  fill(finding: Finding): void;
}

interface Chart {
  readonly element: HTMLElement;
  fill(): void;
}

export class Room {
  readonly elements: readonly HTMLElement[];
  readonly #words: Words;
  readonly #history: History;
  readonly #began: number;
  readonly #told = h("p", { class: "small" });
  readonly #lost = h("p", { class: "alert", role: "alert", hidden: true });
  readonly #alarm = h("p", { role: "status" });
  readonly #silent = h("ul", { class: "silent" });
  readonly #alertList = h("ul", { class: "alerts" });
  readonly #alerts: ReadonlyMap<AlertId, Alert>;
  readonly #serve = h("p");
  readonly #nodes: Table;
  readonly #charts: readonly Chart[];
  readonly #requests: Table;
  readonly #bundle = h("p");
  readonly #others: Table;

  constructor({ strings, history, began, leave }: RoomOptions) {
    this.#words = new Words(strings);
    this.#history = history;
    this.#began = began;
    const { alerts, fleet, requests, fresh, charts, latency } = strings;
    this.#alerts = new Map(ALERTS.map((id) => [id, this.#alert(id)]));
    this.#nodes = table(fleet.caption, [
      fleet.node,
      fleet.serves,
      fleet.entries,
      fleet.lag,
      fleet.open,
      fleet.heap,
      fleet.certificate,
    ]);
    this.#requests = table(requests.caption, [requests.kind, requests.answered]);
    this.#others = table(fresh.caption, [fresh.who, fresh.entries, fresh.last, fresh.remark]);
    const lines = [
      this.#line(charts.certificates, ({ certificates }) => certificates),
      this.#line(charts.attempts, ({ attempts }) => attempts),
    ];
    const histograms = LATENCIES.map(([id, name, labels]) => this.#histogram(latency.names[id], name, labels));
    this.#charts = [...lines, ...histograms];
    this.elements = [
      h("h1", { tabindex: -1 }, strings.heading),
      h("p", {}, strings.lead),
      this.#told,
      this.#lost,
      this.#silent,
      h("h2", {}, alerts.heading),
      this.#alarm,
      h("p", { class: "small" }, alerts.lead),
      this.#alertList,
      h("h2", {}, fleet.heading),
      this.#serve,
      this.#nodes.element,
      h("h2", {}, charts.heading),
      h("div", { class: "charts" }, ...lines.map(({ element }) => element)),
      h("p", { class: "small" }, charts.attemptsLead),
      h("h2", {}, latency.heading),
      h("div", { class: "charts" }, ...histograms.map(({ element }) => element)),
      h("h2", {}, requests.heading),
      this.#requests.element,
      h("h2", {}, fresh.heading),
      h("h3", {}, fresh.bundle),
      this.#bundle,
      this.#others.element,
      h("div", { class: "ways" }, button(strings.leave, leave)),
    ];
  }

  #alert(id: AlertId): Alert {
    const { alerts, party } = this.#words.strings;
    const state = h("strong", {});
    const who = h("span", {});
    const element = h(
      "li",
      { id: `alert-${id}` },
      h(
        "details",
        {},
        h("summary", {}, state, ` ${alerts.names[id]}`, who),
        h("p", {}, alerts.todo[id]),
        h("p", { class: "small" }, `${alerts.runbook} “${SECTIONS[id]}”.`),
      ),
    );
    return {
      element,
      fill: ({ state: now, parties }) => {
        element.className = now;
        state.textContent = `${alerts.states[now]}:`;
        who.textContent = now === "quiet" || parties.length === 0 ? "" : ` (${parties.map(party).join(", ")})`;
      },
    };
  }

  #line(name: string, of: (point: Point) => number | undefined): Chart {
    const { charts } = this.#words.strings;
    const heading = h("h3", {}, name);
    const place = h("div");
    const said = h("figcaption", { class: "small" });
    return {
      element: h("figure", {}, heading, place, said),
      fill: () => {
        const dots = this.#history.points.map((point) => ({ at: point.at, value: of(point) }));
        const known = dots.map(({ value }) => value).filter((value) => value !== undefined);
        if (known.length === 0) {
          place.replaceChildren();
          said.textContent = dots.length === 0 ? charts.waiting : charts.nothing;
          return;
        }
        const minutes = Math.max(1, Math.round(((dots.at(-1)?.at ?? 0) - (dots[0]?.at ?? 0)) / 60_000));
        const most = this.#words.number(Math.max(...known), 1);
        said.textContent = charts.values(this.#words.number(dots.at(-1)?.value, 1), most, minutes);
        place.replaceChildren(line(dots, `${name}. ${said.textContent}`));
      },
    };
  }

  #histogram(title: string, name: string, labels: Readonly<Record<string, string>>): Chart {
    const { latency } = this.#words.strings;
    const said = h("p", { class: "small" });
    const rows = table(title, [latency.bound, latency.count]);
    return {
      element: h("section", {}, h("h3", {}, title), said, rows.element),
      fill: () => {
        const found = histogram(this.#history, name, labels);
        rows.element.hidden = found === undefined || found.total === 0;
        if (found === undefined || found.total === 0) {
          said.textContent = found === undefined ? this.#words.strings.charts.nothing : latency.none;
          return;
        }
        const { bars, total, recent } = found;
        const most = Math.max(...bars.map(({ count }) => count));
        said.textContent = `${recent ? latency.recent : latency.sinceStart} ${latency.below(
          this.#bound(below(found, 0.5), bars.at(-2)?.bound),
          this.#bound(below(found, 0.99), bars.at(-2)?.bound),
          this.#words.number(total),
        )}`;
        rows.fill(
          bars.map(({ bound, count }, at) => {
            const last = !Number.isFinite(bound);
            const time = this.#words.duration(last ? bars[at - 1]?.bound : bound);
            const cell = h("span", { class: "count" }, bar(count / most), this.#words.number(count));
            return [last ? latency.over(time) : latency.upTo(time), cell];
          }),
        );
      },
    };
  }

  #bound(bound: number | undefined, largest: number | undefined): string {
    const over = bound !== undefined && !Number.isFinite(bound);
    return over ? this.#words.strings.latency.over(this.#words.duration(largest)) : this.#words.duration(bound);
  }

  /** @param lost since when who gathers it does not answer, in milliseconds since 1970; undefined if it does */
  fill(lost: number | undefined): void {
    const sample = this.#history.last;
    const { strings } = this.#words;
    this.#lost.hidden = lost === undefined;
    const sentence = lost === undefined ? "" : strings.lost(this.#words.clock(lost));
    if (this.#lost.textContent !== sentence) {
      this.#lost.textContent = sentence;
    }
    if (sample === undefined) {
      return;
    }
    this.#told.textContent = strings.told(this.#words.clock(sample.at));
    const silences = sample.parties.map((party) => this.#words.silence(party, this.#history, this.#began));
    this.#silent.replaceChildren(...silences.filter((one) => one !== undefined).map((one) => h("li", {}, one)));
    this.#fillAlerts();
    this.#fillNodes(sample);
    for (const chart of this.#charts) {
      chart.fill();
    }
    this.#fillRequests(sample);
    this.#fillOthers(sample);
  }

  #fillAlerts(): void {
    const { alerts } = this.#words.strings;
    const all = findings(this.#history);
    const firing = all.filter(({ state }) => state === "fires").length;
    const unknown = all.filter(({ state }) => state === "unknown").length;
    const said = firing > 0 ? alerts.some(firing) : alerts.none(unknown);
    // A screen reader speaks when it changes, and not every five seconds.
    if (this.#alarm.textContent !== said) {
      this.#alarm.textContent = said;
    }
    this.#alarm.className = firing > 0 ? "alert" : unknown > 0 ? "unsure" : "good";
    const elements = all.map((finding) => {
      const alert = this.#alerts.get(finding.id) as Alert;
      alert.fill(finding);
      return alert.element;
    });
    if (elements.some((element, at) => this.#alertList.children[at] !== element)) {
      const { activeElement } = document;
      this.#alertList.replaceChildren(...elements);
      if (activeElement instanceof HTMLElement && this.#alertList.contains(activeElement)) {
        activeElement.focus();
      }
    }
  }

  #fillNodes(sample: Sample): void {
    const { fleet, yes, no, unknown } = this.#words.strings;
    const nodes = ofKind(sample, "NODE");
    const serving = nodes.filter((node) => amount(node, "coffer_serving") === 1).length;
    const named = nodes.map((node) => amount(node, "coffer_leader")).filter((node) => node !== undefined && node > 0);
    const leaders = [...new Set(named as number[])].sort();
    const [leader] = leaders;
    const who =
      leader === undefined ? fleet.noLeader : leaders.length === 1 ? fleet.leader(leader) : fleet.leaders(leaders);
    this.#serve.textContent = `${fleet.serve(serving, nodes.length, sample.quorum)} ${who}`;
    const certified = nodes.map((node) => amount(node, "coffer_entries_certified") ?? 0);
    const newest = Math.max(0, ...certified);
    this.#nodes.fill(
      nodes.map((node) => {
        const serves = amount(node, "coffer_serving");
        const captured = amount(node, "coffer_entries_captured");
        const heap = amount(node, "coffer_heap_octets");
        const ends = matching(node, "coffer_certificate_expires_seconds").map(({ value }) => value);
        const why = node.why === "" ? "" : `: ${node.why}`;
        return [
          node.name,
          `${serves === undefined ? unknown : serves === 1 ? yes : no}${serves === 1 ? "" : why}`,
          this.#words.number(captured),
          this.#words.number(captured === undefined ? undefined : Math.max(0, newest - captured)),
          this.#words.number(amount(node, "coffer_open_calls")),
          heap === undefined ? unknown : `${this.#words.number(heap / 2 ** 20)} MiB`,
          this.#words.day(ends.length === 0 ? undefined : Math.min(...ends)),
        ];
      }),
    );
  }

  #fillRequests(sample: Sample): void {
    const { kinds } = this.#words.strings.requests;
    this.#requests.fill(
      Object.entries(kinds).map(([type, name]) => [name, this.#words.number(sumOf(sample, ANSWERED, { type }))]),
    );
  }

  #fillOthers(sample: Sample): void {
    const { fresh, charts } = this.#words.strings;
    const now = sample.at / 1_000;
    const epochs = ofKind(sample, "NODE").map((node) => amount(node, "coffer_bundle_epoch"));
    const newest = ofKind(sample, "NODE").find((node) => {
      return amount(node, "coffer_bundle_epoch") === Math.max(...epochs.map((epoch) => epoch ?? 0));
    });
    const of = (name: string) => (newest === undefined ? 0 : (amount(newest, name) ?? 0));
    const since = of("coffer_bundle_cosigned_seconds");
    const until = of("coffer_bundle_ends_seconds");
    this.#bundle.textContent =
      newest === undefined
        ? charts.nothing
        : of("coffer_bundle_epoch") === 0
          ? fresh.bundleNone
          : fresh.bundleIs(
              of("coffer_bundle_epoch"),
              of("coffer_bundle_witnesses"),
              this.#words.away(since, now),
              this.#words.away(until, now),
            );
    this.#others.fill(
      sample.parties.filter(({ kind }) => kind !== "NODE").flatMap((party) => this.#rowsOf(party, now)),
    );
  }

  #rowsOf(party: Party, now: number): string[][] {
    const { strings } = this.#words;
    const { fresh } = strings;
    const name = strings.party(party);
    const silence = this.#words.silence(party, this.#history, this.#began);
    if (silence !== undefined) {
      return [[name, strings.unknown, strings.unknown, silence]];
    }
    const size = (of: string) => this.#words.number(amount(party, of));
    const last = (of: string, labels?: Readonly<Record<string, string>>) => {
      const moment = amount(party, of, labels);
      return moment === undefined || moment === 0 ? fresh.never : this.#words.away(moment, now);
    };
    switch (party.kind) {
      case "LOG": {
        const published = fresh.behind(amount(party, "coffer_log_published_size") ?? 0);
        return [
          [name, size("coffer_log_tree_size"), last("coffer_log_checkpoint_seconds"), `${published}${said(party)}`],
          ...matching(party, "coffer_log_cosigned_seconds").map(({ labels }) => {
            const failures = amount(party, "coffer_log_witness_failures_total", labels) ?? 0;
            return [
              fresh.byLog(labels.witness ?? ""),
              "",
              last("coffer_log_cosigned_seconds", labels),
              failures === 0 ? "" : fresh.failures(failures),
            ];
          }),
        ];
      }
      case "WITNESS":
        return [[name, size("coffer_witness_tree_size"), last("coffer_witness_cosigned_seconds"), party.why]];
      default: {
        const epoch = fresh.epoch(amount(party, "coffer_notary_epoch") ?? 0);
        const entries = size("coffer_notary_log_size");
        return [[name, entries, last("coffer_notary_observed_seconds"), `${epoch}${said(party)}`]];
      }
    }
  }
}

function said({ why }: Party): string {
  return why === "" ? "" : `; ${why}`;
}
