import { describe, expect, test } from "vitest";
import { type Bytes, concat, hex, utf8 } from "../src/codec/bytes.js";
import { decode } from "../src/codec/reader.js";
import { Rejected } from "../src/codec/rejected.js";
import { Writer } from "../src/codec/writer.js";
import { sign } from "../src/crypto/ed25519.js";
import { encapsulate } from "../src/crypto/hpke.js";
import { decodeAnswer, decodeDelivery, encapsulationInfo, openReply, unpadReply } from "../src/protocol/answer.js";
import { readCertificate, verifyCertificate, writeCertificate } from "../src/protocol/chain.js";
import { decodeFleet, hsm } from "../src/protocol/fleet.js";
import { tokenHash } from "../src/protocol/login.js";
import { sealMessage } from "../src/protocol/message.js";
import { decodeAttemptPayload, encodeOutcome, outcomeContained, outcomeLeaf } from "../src/protocol/outcome.js";
import { registrationHash, wrappedKeyHash } from "../src/protocol/registration.js";
import {
  decodeRequest,
  encodeRequest,
  loginAuthorisationText,
  ownerDeleteText,
  ownerReplaceText,
  padRequest,
  recoveryProofText,
  requestHash,
} from "../src/protocol/request.js";
import { partitionOf } from "../src/protocol/subject.js";
import { counting, octets, shared } from "./vectors.js";

describe("readers", () => {
  const readers: Record<string, (octets: Bytes) => unknown> = {
    request: decodeRequest,
    fleet: decodeFleet,
    certificate: (octets) => decode(octets, readCertificate),
    delivery: decodeDelivery,
    reply: unpadReply,
    "attempt-payload": decodeAttemptPayload,
  };

  function accepts(kind: string, octets: Bytes): boolean {
    try {
      readers[kind]?.(octets);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(Rejected);
      return false;
    }
  }

  function marks(kind: string, good: Bytes, change: number): string {
    return Array.from(good, (octet, at) => {
      const changed = good.slice();
      changed[at] = octet ^ change;
      return accepts(kind, changed) ? "y" : "n";
    }).join("");
  }

  type Case = { kind: string; octets: string; xor01: string; xor80: string };
  const { cases } = shared<{ cases: Case[] }>("decoding");
  test.each(cases.map((one) => [one.kind, one] as const))("accept and refuse a %s as Java does", (kind, one) => {
    const good = octets(one.octets);
    expect(accepts(kind, good)).toBe(true);
    expect(accepts(kind, concat(good, new Uint8Array(1)))).toBe(false);
    expect(accepts(kind, good.slice(0, -1))).toBe(false);
    expect(marks(kind, good, 0x01)).toBe(one.xor01);
    expect(marks(kind, good, 0x80)).toBe(one.xor80);
  });

  test("refuse numbers above their range and text that is not UTF-8", () => {
    expect(() => decode(octets("80000000"), (r) => r.u32())).toThrow(Rejected);
    expect(() => decode(octets("8000000000000000"), (r) => r.u64())).toThrow(Rejected);
    expect(() => decode(octets("0002c328"), (r) => r.text(9, "text"))).toThrow(Rejected);
    expect(decode(octets("7fffffffffffffff"), (r) => r.u64())).toBe((1n << 63n) - 1n);
    expect(() => new Writer().u64(1n << 63n)).toThrow();
  });
});

type Requests = {
  tokenJwt: string;
  tokenHash: string;
  partitionOf1024: number;
  fleet: string;
  fleetId: string;
  cases: (Record<string, string> & { padded: number })[];
};

test("requests, hashes and signed texts are Java's", () => {
  const vectors = shared<Requests>("requests");
  expect(hex(decodeFleet(octets(vectors.fleet)).id)).toBe(vectors.fleetId);
  const token = { issuerKey: new Uint8Array(32), rootSignature: new Uint8Array(64), jwt: vectors.tokenJwt };
  expect(hex(tokenHash(token))).toBe(vectors.tokenHash);
  expect(vectors.cases.length).toBe(8);
  for (const one of vectors.cases) {
    const request = decodeRequest(octets(one.encoded as string));
    expect(hex(encodeRequest(request))).toBe(one.encoded);
    expect(hex(requestHash(request))).toBe(one.hash);
    expect(padRequest(request)).toHaveLength(one.padded);
    expect(hex(loginAuthorisationText(request, tokenHash(token)))).toBe(one.loginAuthorisation);
    expect(partitionOf(request.header.subject, 1024)).toBe(vectors.partitionOf1024);
    if (request.type === "register-finish") {
      expect(hex(registrationHash(request.registration))).toBe(one.registrationHash);
      expect(hex(wrappedKeyHash(request.registration))).toBe(one.wrappedKeyHash);
      expect(hex(ownerReplaceText(6n, request))).toBe(one.ownerReplace);
    } else if (request.type === "delete") {
      expect(hex(ownerDeleteText(request))).toBe(one.ownerDelete);
    } else if (request.type === "attempt") {
      expect(hex(recoveryProofText(request, 2n, 7n, new Uint8Array(32).fill(17)))).toBe(one.recoveryProof);
    }
  }
});

test("whole messages are sealed and signed as Java does it", async () => {
  type Seals = Record<"deviceSeed" | "issuerKey" | "rootSignature" | "jwt", string> & {
    cases: { request: string; message: string }[];
  };
  const seals = shared<Seals>("seals");
  const fleet = decodeFleet(octets(shared<Requests>("requests").fleet));
  const token = {
    issuerKey: octets(seals.issuerKey),
    rootSignature: octets(seals.rootSignature),
    jwt: seals.jwt,
  };
  for (const { request, message } of seals.cases) {
    const sealed = await sealMessage(counting(5), fleet, 2, decodeRequest(octets(request)), token, (text) =>
      sign(octets(seals.deviceSeed), text),
    );
    expect(hex(sealed)).toBe(message);
  }
});

test("replies open as Java sealed them, and not under anything else", async () => {
  type Vector = Record<"attempt" | "answer" | "content" | "outcome", string> & {
    contexts: { index: number; ephemeralFrom: number; encapsulation: string; exporterSecret: string }[];
  };
  const vector = shared<Vector>("answer");
  const fleet = decodeFleet(octets(shared<Requests>("requests").fleet));
  const answer = decodeAnswer(octets(vector.answer));
  const content = unpadReply(octets(vector.content));
  expect(answer.replies).toHaveLength(3);
  for (const [at, reply] of answer.replies.entries()) {
    const context = vector.contexts[at];
    if (context === undefined) {
      throw new Error("no context");
    }
    const info = encapsulationInfo(fleet.id, context.index);
    const exporter = encapsulate(counting(context.ephemeralFrom), hsm(fleet, context.index).sessionKey, info);
    expect(hex(exporter.encapsulation)).toBe(context.encapsulation);
    expect(hex(exporter.secret)).toBe(context.exporterSecret);
    const evaluation = {
      values: answer.certificate.values,
      position: answer.position,
      type: "attempt" as const,
      leaf: answer.leaf,
    };
    const opened = await openReply(reply, exporter, evaluation);
    expect(opened).toEqual(content);
    expect(hex(encodeOutcome(opened.outcome))).toBe(vector.outcome);
    expect(outcomeLeaf(opened.outcome, opened.blind)).toEqual(answer.leaf);
    await expect(openReply(reply, exporter, { ...evaluation, type: "success" })).rejects.toThrow(Rejected);
    await expect(openReply(reply, exporter, { ...evaluation, position: 0 })).rejects.toThrow(Rejected);
  }
  const { certificate, entrySize, position, leaf, path } = answer;
  verifyCertificate(certificate, fleet);
  expect(outcomeContained(certificate.values.outcomesRoot, entrySize, position, leaf, path)).toBe(true);
  expect(outcomeContained(certificate.values.outcomesRoot, entrySize, 0, leaf, path)).toBe(false);
});

test("paths in the tree of outcomes lead to its root from their own place alone", () => {
  type Tree = { size: number; root: string; paths: { position: number; path: string[] }[] };
  for (const tree of shared<{ trees: Tree[] }>("outcome-tree").trees) {
    for (const { position, path } of tree.paths) {
      const leaf = new Uint8Array(32).fill(position & 0xff);
      const hashes = path.map(octets);
      const root = octets(tree.root);
      expect(outcomeContained(root, tree.size, position, leaf, hashes)).toBe(true);
      expect(outcomeContained(root, tree.size, position, new Uint8Array(32).fill(position + 1), hashes)).toBe(false);
      expect(outcomeContained(root, tree.size, position, leaf, [...hashes, leaf])).toBe(false);
      if (tree.size > 1) {
        expect(outcomeContained(root, tree.size, position, leaf, hashes.slice(1))).toBe(false);
      }
    }
  }
});

test("certificates count as in Java", () => {
  type Vector = { fleet: string; cases: { name: string; certificate: string; valid: boolean }[] };
  const vector = shared<Vector>("certificates");
  const fleet = decodeFleet(octets(vector.fleet));
  expect(vector.cases.filter((one) => one.valid).length).toBe(2);
  for (const one of vector.cases) {
    const certificate = decode(octets(one.certificate), readCertificate);
    const written = new Writer();
    writeCertificate(certificate, written);
    expect(hex(written.bytes())).toBe(one.certificate);
    const check = () => verifyCertificate(certificate, fleet);
    if (one.valid) {
      check();
    } else {
      expect(check, one.name).toThrow(Rejected);
    }
  }
});

test("what was written before a writer grew is kept, and what was taken is gone", () => {
  const writer = new Writer().raw(new Uint8Array(250).fill(7)).field("a text that makes it grow");
  const written = writer.take();
  expect(written.subarray(0, 250).every((octet) => octet === 7)).toBe(true);
  expect(written.subarray(254)).toEqual(utf8("a text that makes it grow"));
  expect(writer.size).toBe(0);
});
