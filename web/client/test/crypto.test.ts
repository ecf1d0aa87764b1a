import { x25519 } from "@noble/curves/ed25519.js";
import { describe, expect, test } from "vitest";
import { hex, utf8 } from "../src/codec/bytes.js";
import { Rejected } from "../src/codec/rejected.js";
import { argon2idHere } from "../src/crypto/argon2id.js";
import { publicKey, sign, verify } from "../src/crypto/ed25519.js";
import { encapsulate, exportSecret, seal } from "../src/crypto/hpke.js";
import { blind, decodeElement, encodeElement, finalize, randomBlind } from "../src/crypto/oprf.js";
import { agree, candidates, type Partial } from "../src/protocol/sharing.js";
import { counting, foreign, octets, shared } from "./vectors.js";

describe("Ed25519", () => {
  test("signs as RFC 8032 does", () => {
    const vectors = foreign<Record<string, string>[]>("ed25519/rfc8032.json");
    expect(vectors.length).toBeGreaterThan(3);
    for (const vector of vectors) {
      const seed = octets(vector.seed as string);
      const message = octets(vector.message as string);
      expect(hex(publicKey(seed))).toBe(vector.publicKey);
      expect(hex(sign(seed, message))).toBe(vector.signature);
      expect(verify(publicKey(seed), message, octets(vector.signature as string))).toBe(true);
    }
  });

  test("accepts exactly those of CCTV's vectors that Java accepts", () => {
    const vectors = foreign<{ number: number; key: string; sig: string; msg: string }[]>(
      "ed25519/cctv-ed25519vectors.json",
    );
    const accepted = vectors
      .filter(({ key, sig, msg }) => verify(octets(key), utf8(msg), octets(sig)))
      .map(({ number }) => number);
    expect(vectors.length).toBe(914);
    expect(accepted).toEqual(shared<{ accepted: number[] }>("ed25519").accepted);
    expect(accepted.length).toBe(43);
  });

  test("refuses the R of the identity and other sizes", () => {
    const identity = octets(`01${"00".repeat(31)}`);
    expect(verify(identity, utf8("x"), octets(`01${"00".repeat(63)}`))).toBe(false);
    expect(verify(identity.slice(1), utf8("x"), new Uint8Array(64))).toBe(false);
    expect(verify(publicKey(new Uint8Array(32)), utf8("x"), new Uint8Array(63))).toBe(false);
  });
});

test("HPKE seals and exports as RFC 9180 does", async () => {
  type Vector = {
    mode: number;
    aead_id: number;
    info: string;
    skEm: string;
    pkRm: string;
    enc: string;
    encryptions: { aad: string; ct: string; pt: string }[];
    exports: { exporter_context: string; L: number; exported_value: string }[];
  };
  const [vector] = foreign<Vector[]>("hpke/rfc9180-x25519-base.json").filter((v) => v.mode === 0 && v.aead_id === 2);
  if (vector === undefined) {
    throw new Error("no vector of this suite");
  }
  const random = () => octets(vector.skEm);
  const recipient = octets(vector.pkRm);
  const [first] = vector.encryptions;
  const sealed = await seal(random, recipient, octets(vector.info), octets(first?.aad ?? ""), octets(first?.pt ?? ""));
  expect(hex(sealed)).toBe(vector.enc + first?.ct);
  const exporter = encapsulate(random, recipient, octets(vector.info));
  expect(vector.exports.length).toBeGreaterThan(2);
  for (const one of vector.exports) {
    expect(hex(exportSecret(exporter, octets(one.exporter_context), one.L))).toBe(one.exported_value);
  }
  expect(() => encapsulate(counting(1), new Uint8Array(32), octets("00"))).toThrow(Rejected);
  expect(hex(exporter.encapsulation)).toBe(hex(x25519.getPublicKey(octets(vector.skEm))));
});

describe("the OPRF", () => {
  type Suite = { identifier: string; mode: number; vectors: Record<string, string>[] };
  const suite = foreign<Suite[]>("oprf/rfc9497-vectors.json").find(
    (one) => one.identifier === "ristretto255-SHA512" && one.mode === 0,
  );

  test("blinds and finalizes as RFC 9497 does", () => {
    expect(suite?.vectors.length).toBeGreaterThan(1);
    for (const vector of suite?.vectors ?? []) {
      const input = octets(vector.Input as string);
      const by = octets(vector.Blind as string);
      expect(hex(blind(input, by))).toBe(vector.BlindedElement);
      const evaluated = decodeElement(octets(vector.EvaluationElement as string));
      expect(hex(finalize(input, by, evaluated))).toBe(vector.Output);
    }
  });

  test("refuses the identity and elements that are not canonical", () => {
    for (const bad of ["00".repeat(32), "ff".repeat(32), `01${"00".repeat(31)}`]) {
      expect(() => decodeElement(octets(bad))).toThrow(Rejected);
    }
  });

  test("draws blinds below the order", () => {
    expect(randomBlind(() => new Uint8Array(64).fill(0xff))).toHaveLength(32);
    let calls = 0;
    const zerosFirst = (size: number) => new Uint8Array(size).fill(calls++ === 0 ? 0 : 1);
    randomBlind(zerosFirst);
    expect(calls).toBe(2);
  });

  test("takes any combined result, the identity included, for what it is", () => {
    const element = decodeElement(octets(suite?.vectors[0]?.EvaluationElement as string));
    const identity = element.subtract(element);
    expect(finalize(utf8("input"), randomBlind(counting(3)), identity)).toHaveLength(64);
  });
});

test("partial results combine as in Java, liars included", () => {
  type Case = {
    n: number;
    name: string;
    partials: { index: number; element: string }[];
    agreement: string;
    result: string;
    candidates: { result: string; agreeing: number[] }[];
  };
  const { cases } = shared<{ cases: Case[] }>("sharing");
  expect(cases.length).toBeGreaterThan(20);
  for (const one of cases) {
    const partials: Partial[] = one.partials.map(({ index, element }) => ({
      index,
      element: decodeElement(octets(element)),
    }));
    const agreement = agree(one.n, partials);
    const result =
      agreement.kind === "confirmed"
        ? agreement.combined.result
        : agreement.kind === "unconfirmed"
          ? agreement.result
          : undefined;
    expect([one.name, agreement.kind, result === undefined ? "" : hex(encodeElement(result))]).toEqual([
      one.name,
      one.agreement,
      one.result,
    ]);
    expect(
      candidates(one.n, partials).map((c) => ({ result: hex(encodeElement(c.result)), agreeing: c.agreeing })),
    ).toEqual(one.candidates);
  }
});

test("Argon2id is that of RFC 9106", async () => {
  const stretched = await argon2idHere(utf8("password"), utf8("somesalt01234567"), {
    memoryKibibytes: 19456,
    passes: 2,
    lanes: 1,
  });
  expect(stretched).toHaveLength(64);
  const aborted = AbortSignal.abort();
  await expect(
    argon2idHere(utf8("p"), utf8("somesalt01234567"), { memoryKibibytes: 8, passes: 1, lanes: 1 }, aborted),
  ).rejects.toThrow();
});
