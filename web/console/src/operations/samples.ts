/** What the page was told, and what it keeps of it: enough for an hour of charts and the rates of three minutes. */

export type Kind = "NODE" | "LOG" | "WITNESS" | "NOTARY";
const KINDS: readonly string[] = ["NODE", "LOG", "WITNESS", "NOTARY"];
const STATES = ["answers", "silent", "odd", "unwatched"] as const;
const PARTIES_MAX = 40;
const METRICS_MAX = 1_000;

export interface Metric {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Party {
  readonly kind: Kind;
  readonly name: string;
  readonly state: (typeof STATES)[number];
  /** In the party's words, or in those of who asked it; empty if there is nothing to say. */
  readonly why: string;
  readonly metrics: ReadonlyMap<string, readonly Metric[]>;
}

export interface Sample {
  /** When it was gathered, in milliseconds since 1970, by the clock of who gathered it. */
  readonly at: number;
  readonly quorum: number;
  readonly parties: readonly Party[];
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("this is no state of a fleet");
  }
  return value as Json;
}

function metricsOf(json: Json): Map<string, Metric[]> {
  const all = new Map<string, Metric[]>();
  for (const [key, text] of Object.entries(json).slice(0, METRICS_MAX)) {
    const [, name, rest] = /^(coffer_[a-z_]+)(?:\{(.*)\})?$/.exec(key) ?? [];
    const value = Number(text);
    if (name === undefined || !Number.isFinite(value)) {
      continue;
    }
    const labels: Record<string, string> = {};
    for (const [, label = "", content = ""] of (rest ?? "").matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[label] = content.replace(/\\(.)/g, "$1");
    }
    const same = all.get(name) ?? [];
    same.push({ labels, value });
    all.set(name, same);
  }
  return all;
}

/** @throws TypeError if it is not what `coffer operations` answers */
export function readSample(text: string): Sample {
  const { at, fleet, parties } = object(JSON.parse(text));
  const { quorum } = object(fleet);
  if (!Number.isFinite(at) || !Number.isInteger(quorum) || !Array.isArray(parties) || parties.length > PARTIES_MAX) {
    throw new TypeError("this is no state of a fleet");
  }
  return {
    at: at as number,
    quorum: quorum as number,
    parties: parties.map((one) => {
      const { kind, name, state, why, metrics } = object(one);
      const known = STATES.find((each) => each === state);
      if (typeof kind !== "string" || !KINDS.includes(kind) || known === undefined) {
        throw new TypeError("this is no state of a fleet");
      }
      const said = typeof why === "string" ? why : "";
      return { kind: kind as Kind, name: String(name), state: known, why: said, metrics: metricsOf(object(metrics)) };
    }),
  };
}

export function nameOf({ kind, name }: Party): string {
  return `${kind} ${name}`;
}

export function matching(party: Party, name: string, labels: Readonly<Record<string, string>> = {}): readonly Metric[] {
  return (party.metrics.get(name) ?? []).filter((metric) =>
    Object.entries(labels).every(([label, value]) => metric.labels[label] === value),
  );
}

/** Its one value, or the sum of those that match; undefined where it has none. */
export function amount(party: Party, name: string, labels?: Readonly<Record<string, string>>): number | undefined {
  const found = matching(party, name, labels);
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

export function ofKind(sample: Sample, kind: Kind): readonly Party[] {
  return sample.parties.filter((party) => party.kind === kind);
}

/** How much a counter of one party grew between two samples; undefined where it began anew or was not told. */
function growth(from: Sample, to: Sample, party: Party, name: string, labels?: Readonly<Record<string, string>>) {
  const earlier = from.parties.find((one) => nameOf(one) === nameOf(party));
  const before = earlier === undefined ? undefined : amount(earlier, name, labels);
  const later = to.parties.find((one) => nameOf(one) === nameOf(party));
  const after = later === undefined ? undefined : amount(later, name, labels);
  if (before === undefined || after === undefined || after < before) {
    return undefined;
  }
  return after - before;
}

export const ATTEMPTS = { type: "ATTEMPT" };
export const ANSWERED = "coffer_answer_seconds_count";
export const CERTIFIED = "coffer_certify_seconds_count";

/** One moment of the charts. */
export interface Point {
  readonly at: number;
  /** Certificates a second, by the node that saw most; undefined where no node told. */
  readonly certificates: number | undefined;
  /** Attempts a minute at all nodes that told. */
  readonly attempts: number | undefined;
}

const POINTS_MAX = 720;
const RECENT_MAX = 36;

export class History {
  readonly #recent: Sample[] = [];
  readonly #points: Point[] = [];
  readonly #answered = new Map<string, number>();
  #first: Sample | undefined;

  /** Takes in what was told; what is older than what it has is passed by, since a clock was set back. */
  add(sample: Sample): void {
    const before = this.last;
    if (before !== undefined && sample.at <= before.at) {
      if (sample.at === before.at) {
        return;
      }
      this.#recent.length = 0;
      this.#points.length = 0;
      this.#first = undefined;
    }
    this.#first ??= sample;
    for (const party of sample.parties) {
      if (party.state === "answers") {
        this.#answered.set(nameOf(party), sample.at);
      }
    }
    const from = this.last;
    this.#recent.push(sample);
    if (this.#recent.length > RECENT_MAX) {
      this.#recent.shift();
    }
    if (from !== undefined) {
      this.#push(from, sample);
    }
  }

  /** Nobody told anything so long after the last point: the charts have a gap. */
  gap(millis: number): void {
    const at = (this.#points.at(-1)?.at ?? this.last?.at ?? 0) + millis;
    this.#point({ at, certificates: undefined, attempts: undefined });
  }

  #point(point: Point): void {
    this.#points.push(point);
    if (this.#points.length > POINTS_MAX) {
      this.#points.shift();
    }
  }

  #push(from: Sample, to: Sample): void {
    const seconds = (to.at - from.at) / 1_000;
    const rates = (name: string, labels?: Readonly<Record<string, string>>) =>
      ofKind(to, "NODE")
        .map((node) => growth(from, to, node, name, labels))
        .filter((grown) => grown !== undefined)
        .map((grown) => grown / seconds);
    const certificates = rates(CERTIFIED);
    const attempts = rates(ANSWERED, ATTEMPTS);
    this.#point({
      at: to.at,
      certificates: certificates.length === 0 ? undefined : Math.max(...certificates),
      attempts: attempts.length === 0 ? undefined : 60 * attempts.reduce((sum, rate) => sum + rate, 0),
    });
  }

  get last(): Sample | undefined {
    return this.#recent.at(-1);
  }

  get first(): Sample | undefined {
    return this.#first;
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  /** When it answered last since the page looks; undefined if it never did. */
  answered(party: Party): number | undefined {
    return this.#answered.get(nameOf(party));
  }

  /** Whether a counter grew within these three minutes; undefined while there is nothing to compare. */
  grew(party: Party, name: string, labels?: Readonly<Record<string, string>>): boolean | undefined {
    const steps = this.#recent.slice(1).map((to, at) => growth(this.#recent[at] as Sample, to, party, name, labels));
    const told = steps.filter((step) => step !== undefined);
    return told.length === 0 ? undefined : told.some((step) => step > 0);
  }

  /** Whether that has been so for all of a minute. */
  lasting(party: Party, holds: (one: Party) => boolean): boolean | undefined {
    const { last } = this;
    const first = this.#recent[0];
    if (last === undefined || first === undefined || last.at - first.at < 60_000) {
      return undefined;
    }
    return this.#recent
      .filter(({ at }) => last.at - at <= 60_000)
      .every(({ parties }) => parties.some((one) => nameOf(one) === nameOf(party) && holds(one)));
  }
}

/** How many took at most so long, and longer than the bound before. */
export interface Bar {
  /** In seconds; infinite for the last. */
  readonly bound: number;
  readonly count: number;
}

export interface Histogram {
  readonly bars: readonly Bar[];
  readonly total: number;
  /** Whether it is of the time since the page looks; else since the nodes started. */
  readonly recent: boolean;
}

function cumulative(sample: Sample, name: string, labels?: Readonly<Record<string, string>>): Map<string, number> {
  const buckets = new Map<string, number>();
  for (const node of ofKind(sample, "NODE")) {
    for (const { labels: of, value } of matching(node, `${name}_bucket`, labels)) {
      const bound = of.le ?? "";
      buckets.set(bound, (buckets.get(bound) ?? 0) + value);
    }
  }
  return buckets;
}

function barsOf(buckets: ReadonlyMap<string, number>): readonly Bar[] {
  const sorted = [...buckets]
    .map(([le, count]) => ({ bound: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), count }))
    .sort((a, b) => a.bound - b.bound);
  return sorted.map(({ bound, count }, at) => ({ bound, count: count - (sorted[at - 1]?.count ?? 0) }));
}

/**
 * What all nodes together measured since the page looks. Where that is nothing, or a node was away or began anew in
 * between, since the nodes started. Undefined where no node told.
 */
export function histogram(
  history: History,
  name: string,
  labels?: Readonly<Record<string, string>>,
): Histogram | undefined {
  const { first, last } = history;
  if (first === undefined || last === undefined) {
    return undefined;
  }
  const now = cumulative(last, name, labels);
  const then = cumulative(first, name, labels);
  const told = (sample: Sample) =>
    ofKind(sample, "NODE")
      .filter((node) => node.metrics.has(`${name}_bucket`))
      .map(nameOf)
      .join();
  const since = barsOf(new Map([...now].map(([bound, count]) => [bound, count - (then.get(bound) ?? 0)])));
  const total = (bars: readonly Bar[]) => bars.reduce((sum, { count }) => sum + count, 0);
  const recent = told(first) === told(last) && since.every(({ count }) => count >= 0) && total(since) > 0;
  const bars = recent ? since : barsOf(now);
  return bars.length === 0 ? undefined : { bars, total: total(bars), recent };
}

/** The bound below which that share lies; undefined if there is none. */
export function below({ bars, total }: Histogram, share: number): number | undefined {
  let sum = 0;
  for (const { bound, count } of bars) {
    sum += count;
    if (total > 0 && sum >= share * total) {
      return bound;
    }
  }
  return undefined;
}
