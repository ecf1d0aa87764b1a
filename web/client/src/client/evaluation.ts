import type { Element } from "../crypto/oprf.js";
import { agree, candidates, threshold } from "../protocol/sharing.js";
import type { Verified } from "./answer-verifier.js";

/** A possible result, and the HSMs that lied if it is the right one. */
export interface Candidate {
  readonly element: Element;
  readonly liars: readonly number[];
}

/** What the partial results of one evaluation amount to: step 5 of PROTOCOL.md §6.3, before any key stretching. */
export interface Evaluation {
  /**
   * `confirmed`: at least t+1 HSMs agree. `tentative`: exactly t answered. `contradictory`: more than t, and no t+1 agree.
   * `too-few`: fewer than t.
   */
  readonly kind: "confirmed" | "tentative" | "contradictory" | "too-few";
  /** The results that a code may be tried on, the likelier ones first. */
  readonly candidates: readonly Candidate[];
}

export function evaluate(n: number, verified: Verified): Evaluation {
  const { partials } = verified;
  if (partials.length < threshold(n)) {
    return { kind: "too-few", candidates: [] };
  }
  const liars = (agreeing: readonly number[]) =>
    partials.map((partial) => partial.index).filter((index) => !agreeing.includes(index));
  const agreement = agree(n, partials);
  switch (agreement.kind) {
    case "confirmed": {
      const { result, agreeing } = agreement.combined;
      return { kind: "confirmed", candidates: [{ element: result, liars: liars(agreeing) }] };
    }
    case "unconfirmed":
      return { kind: "tentative", candidates: [{ element: agreement.result, liars: [] }] };
    case "inconsistent": {
      const found = candidates(n, partials);
      return {
        kind: "contradictory",
        candidates: found.map(({ result, agreeing }) => ({ element: result, liars: liars(agreeing) })),
      };
    }
  }
}
