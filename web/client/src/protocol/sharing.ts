import { invariant } from "../codec/bytes.js";
import type { Element } from "../crypto/oprf.js";

/** How a client combines partial results: PROTOCOL.md §6.3 step 5, §7 and §9. Pure functions. */

/** One HSM's partial result. */
export interface Partial {
  readonly index: number;
  readonly element: Element;
}

/** What some t partials combine to, and the HSMs on that polynomial. */
export interface Combined {
  readonly result: Element;
  readonly agreeing: readonly number[];
}

export type Agreement =
  /** At least t+1 lie on one polynomial: one liar is excluded. */
  | { readonly kind: "confirmed"; readonly combined: Combined }
  /** Exactly t, so nothing to check them against. */
  | { readonly kind: "unconfirmed"; readonly result: Element }
  /** More than t, and no t+1 agree on one result; or fewer than t. */
  | { readonly kind: "inconsistent" };

export function threshold(n: number): number {
  return Math.floor(n / 2) + 1;
}

function factorial(of: number): number {
  return of <= 1 ? 1 : of * factorial(of - 1);
}

/** All subsets of `size` of `items`, in lexicographic order of their places. */
function choices<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) {
    return [[]];
  }
  return items.flatMap((first, at) => choices(items.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}

/** Δ·λ_i(x), Δ = (n−1)!: integers, and small. */
function lagrange(n: number, x: number, indices: readonly number[]): number[] {
  return indices.map((i) => {
    let numerator = factorial(n - 1);
    let denominator = 1;
    for (const j of indices) {
      if (j !== i) {
        numerator *= x - j;
        denominator *= i - j;
      }
    }
    invariant(numerator % denominator === 0, "scaled Lagrange coefficients are integers");
    return numerator / denominator;
  });
}

/** A small public multiple, of either sign. */
function times(factor: number, element: Element): Element {
  const multiple = element.multiplyUnsafe(BigInt(Math.abs(factor)));
  return factor < 0 ? multiple.negate() : multiple;
}

function interpolate(n: number, x: number, partials: readonly Partial[]): Element {
  const factors = lagrange(
    n,
    x,
    partials.map((partial) => partial.index),
  );
  const terms = partials.map((partial, at) => times(factors[at] as number, partial.element));
  return terms.reduce((sum, term) => sum.add(term));
}

/** (Δ·k)·B from exactly t partials of distinct indices. */
function combine(n: number, base: readonly Partial[]): Element {
  return interpolate(n, 0, base);
}

function onPolynomial(n: number, base: readonly Partial[], partials: readonly Partial[]): Partial[] {
  const delta = factorial(n - 1);
  return partials.filter(
    (partial) => base.includes(partial) || times(delta, partial.element).equals(interpolate(n, partial.index, base)),
  );
}

function indices(partials: readonly Partial[]): number[] {
  return partials.map((partial) => partial.index).sort((a, b) => a - b);
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

/** The largest consistent set of partials of distinct indices. */
export function agree(n: number, partials: readonly Partial[]): Agreement {
  const t = threshold(n);
  invariant(new Set(indices(partials)).size === partials.length, "one partial an HSM");
  if (partials.length < t) {
    return { kind: "inconsistent" };
  }
  if (partials.length === t) {
    return { kind: "unconfirmed", result: combine(n, partials) };
  }
  let found: Partial[] = [];
  for (const base of choices(partials, t)) {
    const agreeing = onPolynomial(n, base, partials);
    if (agreeing.length === partials.length) {
      found = agreeing;
      break;
    }
    // Two polynomials that t+1 partials each lie on: whom to believe would be a guess, so nobody is.
    if (agreeing.length > t && found.length > 0 && !same(indices(agreeing), indices(found))) {
      return { kind: "inconsistent" };
    }
    found = agreeing.length > t ? agreeing : found;
  }
  if (found.length === 0) {
    return { kind: "inconsistent" };
  }
  return { kind: "confirmed", combined: { result: combine(n, found.slice(0, t)), agreeing: indices(found) } };
}

/** Everything that t of the partials combine to, each once, those that more partials agree on first. */
export function candidates(n: number, partials: readonly Partial[]): Combined[] {
  const found = new Map<string, Combined>();
  for (const base of choices(partials, threshold(n))) {
    const agreeing = indices(onPolynomial(n, base, partials));
    const name = agreeing.join();
    if (!found.has(name)) {
      found.set(name, { result: combine(n, base), agreeing });
    }
  }
  return [...found.values()].sort((a, b) => b.agreeing.length - a.agreeing.length);
}
