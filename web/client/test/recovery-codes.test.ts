import { describe, expect, it } from "vitest";
import { RecoveryCode, UnacceptableCode } from "../src/secret/secrets.js";
import { shared } from "./vectors.js";

type Outcome = { readonly code: string } | { readonly problem: string };
type Case = { readonly typed: string; readonly chosen: Outcome; readonly tried: Outcome; readonly earlier: Outcome };

function outcome(make: (typed: string) => RecoveryCode, typed: string): Outcome {
  try {
    const code = make(typed);
    return { code: new TextDecoder().decode(code.normalised()) };
  } catch (e) {
    if (e instanceof UnacceptableCode) {
      return { problem: e.problem };
    }
    throw e;
  }
}

describe("a typed code", () => {
  it.each(shared<{ cases: Case[] }>("recovery-codes").cases)("is what Java makes of it: $typed", (one) => {
    expect(outcome(RecoveryCode.chosen, one.typed)).toEqual(one.chosen);
    expect(outcome(RecoveryCode.typed, one.typed)).toEqual(one.tried);
    expect(outcome(RecoveryCode.typedEarlierForm, one.typed)).toEqual(one.earlier);
  });
});
