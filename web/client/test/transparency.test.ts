import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Bytes, hex, utf8 } from "../src/codec/bytes.js";
import { Reader } from "../src/codec/reader.js";
import { decodeFleet } from "../src/protocol/fleet.js";
import { parseBundle } from "../src/transparency/bundle.js";
import { decodeSeen, encodeSeen, NOTHING_SEEN } from "../src/transparency/memory.js";
import { decodeNote, parseKey, verifyNote } from "../src/transparency/note.js";
import { checkLog, checkWitnesses, decodePolicy } from "../src/transparency/policy.js";
import { base64, decodeText, encodeBase64, Refused } from "../src/transparency/text.js";
import { checkConsistency, checkInclusion, decodeProof, leafHash, parseCheckpoint } from "../src/transparency/tlog.js";
import { parseTrustPolicy, trustPolicyHash } from "../src/transparency/trust-policy.js";
import { FLOOR_DEFAULT, verifyFleet } from "../src/transparency/verifier.js";
import { published } from "./vectors.js";

type Case = Record<string, unknown> & { name: string; input?: string; inputBase64?: string; valid: boolean };
type File = Record<string, unknown> & { cases: Case[] };

/** What a reader makes of a case: the fields it read, or why it refused. */
function outcome(one: Case, read: (octets: Bytes) => Record<string, unknown>): Record<string, unknown> {
  const octets = one.inputBase64 === undefined ? utf8(one.input ?? "") : base64(one.inputBase64, "vector");
  try {
    return { valid: true, ...read(octets) };
  } catch (error) {
    expect(error).toBeInstanceOf(Refused);
    return { valid: false, refusal: (error as Refused).refusal };
  }
}

function expected(one: Case): Record<string, unknown> {
  const { name: _, input: __, inputBase64: ___, ...rest } = one;
  return rest;
}

function asText(octets: Bytes): string {
  return decodeText(octets, "vector");
}

const readers: Record<string, (file: File) => (octets: Bytes) => Record<string, unknown>> = {
  note: (file) => {
    const key = parseKey(file.key as string);
    return (octets) => ({ text: verifyNote(decodeNote(octets), [key]).text });
  },
  checkpoint: () => (octets) => {
    const { origin, size, root } = parseCheckpoint(asText(octets));
    return { origin, size: Number(size), root: encodeBase64(root) };
  },
  cosignature: (file) => {
    const key = parseKey(file.key as string);
    return (octets) => ({ time: Number(verifyNote(decodeNote(octets), [key]).signatures[0]?.time) });
  },
  "trust-policy": () => (octets) => {
    const policy = parseTrustPolicy(asText(octets));
    return { version: Number(policy.version), hash: hex(trustPolicyHash(policy)) };
  },
  bundle: () => (octets) => {
    const bundle = parseBundle(asText(octets));
    return { epoch: Number(bundle.epoch), fleets: bundle.fleets.length };
  },
  proof: (file) => {
    const policy = decodePolicy(utf8(file.policy as string));
    const leaf = leafHash(utf8(file.entry as string));
    return (octets) => {
      const proof = decodeProof(octets);
      const checkpoint = checkLog(policy, proof.checkpoint);
      checkWitnesses(policy, proof.checkpoint);
      checkInclusion(proof.index, checkpoint.size, leaf, proof.hashes, checkpoint.root);
      return { index: Number(proof.index), size: Number(checkpoint.size) };
    };
  },
  policy: (file) => {
    const note = decodeNote(utf8(file.checkpoint as string));
    return (octets) => {
      const policy = decodePolicy(octets);
      checkLog(policy, note);
      const time = checkWitnesses(policy, note);
      return time === undefined ? {} : { quorumTime: Number(time) };
    };
  },
};

describe("published vectors", () => {
  for (const [name, reader] of Object.entries(readers)) {
    const file = published<File>(`coffer/${name}.json`);
    const read = reader(file);
    test.each(file.cases.map((one) => [one.name, one] as const))(`${name}: %s`, (_, one) => {
      const found = outcome(one, read);
      // Java tells further fields of some; what this reader tells has to be the same.
      expect(expected(one)).toMatchObject(found);
    });
  }
});

describe("deliveries", () => {
  type Delivery = Record<"name" | "delivery" | "fleet" | "memory" | "failed", string> & {
    now: number;
    remembered?: string;
  };
  const file = published<{ trustPolicy: string; cases: Delivery[] }>("coffer/delivery.json");
  const policy = parseTrustPolicy(file.trustPolicy);

  test.each(file.cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const reader = new Reader(base64(one.delivery, "vector"));
    const delivery = {
      note: reader.field(1 << 20, "note"),
      logProof: reader.field(1 << 20, "proof"),
      trustPolicies: reader.field(1 << 20, "policies"),
    };
    const memory = one.memory === "" ? NOTHING_SEEN : decodeSeen(base64(one.memory, "vector"));
    if (memory === undefined) {
      throw new Error("a memory that cannot be read");
    }
    const verdict = verifyFleet(
      { kind: "roots", policy },
      FLOOR_DEFAULT,
      delivery,
      decodeFleet(base64(one.fleet, "vector")),
      "recover",
      BigInt(one.now),
      memory,
    );
    expect(verdict.kind === "distrusted" ? verdict.step : "").toBe(one.failed);
    if (one.remembered !== undefined) {
      expect(encodeBase64(encodeSeen(verdict.memory))).toBe(one.remembered);
    }
  });

  test("a damaged memory is not taken for an empty one", () => {
    const good = base64(file.cases.find((one) => one.memory !== "")?.memory ?? "", "vector");
    expect(decodeSeen(good)).toBeDefined();
    expect(decodeSeen(good.slice(1))).toBeUndefined();
    expect(decodeSeen(good.slice(0, -1))).toBeUndefined();
    expect(encodeSeen(decodeSeen(good) ?? NOTHING_SEEN)).toEqual(good);
  });
});

describe("Merkle proofs", () => {
  type Vector = Record<string, string> & { proof: string[] | null; wantErr: boolean };
  const ROOT = new URL("../../../transparency/src/test/resources/vectors/merkle/", import.meta.url);

  function vectors(kind: string): Vector[] {
    const folder = new URL(`${kind}/`, ROOT);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
    return files.map(
      (file) =>
        JSON.parse(readFileSync(new URL(encodeURIComponent(file).replaceAll("%2F", "/"), folder), "utf8")) as Vector,
    );
  }

  const hash = (text: string | undefined) => Uint8Array.from(atob(text ?? ""), (c) => c.charCodeAt(0));
  const size = (value: string | undefined) => BigInt(value ?? 0);

  function fails(check: () => void): boolean {
    try {
      check();
      return false;
    } catch (error) {
      expect(error).toBeInstanceOf(Refused);
      return true;
    }
  }

  test("of inclusion hold and fail as transparency-dev's vectors say", () => {
    const all = vectors("inclusion");
    expect(all.length).toBeGreaterThan(50);
    for (const v of all) {
      const proof = (v.proof ?? []).map(hash);
      const check = () => checkInclusion(size(v.leafIdx), size(v.treeSize), hash(v.leafHash), proof, hash(v.root));
      expect([v.desc, fails(check)]).toEqual([v.desc, v.wantErr]);
    }
  });

  test("of consistency hold and fail as transparency-dev's vectors say", () => {
    const all = vectors("consistency");
    expect(all.length).toBeGreaterThan(50);
    for (const v of all) {
      const proof = (v.proof ?? []).map(hash);
      const check = () => checkConsistency(size(v.size1), size(v.size2), hash(v.root1), hash(v.root2), proof);
      expect([v.desc, fails(check)]).toEqual([v.desc, v.wantErr]);
    }
  });
});
