import { expect, test } from "vitest";
import { verifyAnswer } from "../src/client/answer-verifier.js";
import { readOpen, writeOpen } from "../src/client/open-request.js";
import { OperationAborted } from "../src/client/reasons.js";
import { hex } from "../src/codec/bytes.js";
import { decode } from "../src/codec/reader.js";
import { Writer } from "../src/codec/writer.js";
import { decodeFleet } from "../src/protocol/fleet.js";
import { octets, shared } from "./vectors.js";

type Answers = {
  fleet: string;
  kept: string;
  cases: { name: string; answer: string; seenK: number; seenHead: string; verdict: string }[];
};

const answers = shared<Answers>("answers");
const fleet = decodeFleet(octets(answers.fleet));
const open = decode(octets(answers.kept), (reader) => readOpen(reader, "attempt"));

test("a kept request is written as Java writes it", () => {
  const out = new Writer();
  writeOpen(open, out);
  expect(hex(out.bytes())).toBe(answers.kept);
});

test.each(answers.cases.map((one) => [one.name, one] as const))(
  "%s: both clients make the same of it",
  async (_, one) => {
    const seen = { epoch: 0n, k: BigInt(one.seenK), head: octets(one.seenHead) };
    let verdict: string;
    try {
      const { outcome, partials, suspects } = await verifyAnswer(fleet, open, seen, octets(one.answer));
      verdict = `${outcome.code} [${partials.map(({ index }) => index).join(", ")}] [${suspects.join(", ")}]`;
    } catch (error) {
      expect(error).toBeInstanceOf(OperationAborted);
      verdict = (error as OperationAborted).message;
    }
    expect(verdict).toBe(one.verdict);
  },
);
