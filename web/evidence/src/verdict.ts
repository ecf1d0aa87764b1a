/** What a check in this browser came to; the words are those of `coffer audit fleet`. */
export interface Verdict {
  readonly claim: string;
  readonly outcome: "PASS" | "FAIL" | "SKIP";
  /** What was compared, and why it came out so. */
  readonly why: string;
}

/** What does not hold, with the reason. */
export class Objection extends Error {}

/** What cannot be checked here. */
export class Unknowable extends Error {}

export function unless(holds: boolean, why: string): asserts holds {
  if (!holds) {
    throw new Objection(why);
  }
}

/** Runs one check, which gives what it compared; whatever it throws is a failure with its reason. */
export function judge(claim: string, check: () => string): Verdict {
  try {
    return { claim, outcome: "PASS", why: check() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { claim, outcome: error instanceof Unknowable ? "SKIP" : "FAIL", why };
  }
}
