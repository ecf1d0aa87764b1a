import { beforeEach, expect, test } from "vitest";
import type { VaultTransport } from "../src/client/ports.js";
import { type Bytes, hex, utf8 } from "../src/codec/bytes.js";
import { keyDelta, MapMemory, POLICY_DEVELOPMENT, parseBundle, STEPS } from "../src/index.js";
import { Device } from "./fleet/device.js";
import { MiniFleet } from "./fleet/mini-fleet.js";
import { Publisher } from "./fleet/publisher.js";

/** What a page may say of a vault: that which it verified itself, and nothing beyond the step that failed. */

const NOW = 1_800_000_000;
const OVER_THE_AIR = STEPS.filter((step) => step !== "PIN");

let fleet: MiniFleet;
let publisher: Publisher;
let seconds: number;
let memory: MapMemory;

beforeEach(() => {
  fleet = new MiniFleet();
  publisher = new Publisher(NOW);
  fleet.notes = publisher.publish([[fleet.fleet, "active"]]);
  seconds = NOW;
  memory = new MapMemory();
});

function inspect(transport: VaultTransport = fleet.transport(), more = {}) {
  const trust = { kind: "roots", policy: publisher.policy } as const;
  const device = new Device(fleet, { trust, transport, seconds: () => seconds, memory, ...more });
  return device.client.inspect();
}

function altered(note: Bytes, before: string, after: string): Bytes {
  return utf8(new TextDecoder().decode(note).replace(before, after));
}

test("a bundle that holds passes every step, and the findings are what the signatures cover", async () => {
  const inspection = await inspect();
  expect(inspection).toMatchObject({
    kind: "inspected",
    failed: undefined,
    stale: false,
    turnedAway: 0,
    findings: {
      passed: OVER_THE_AIR,
      policy: { version: 1n },
      bundle: { epoch: 1n, namespace: "vault.example" },
      checkpoint: { origin: "log.example/log", size: 1n },
      witnesses: [{ name: "w1", time: BigInt(NOW - 50) }],
      quorumTime: BigInt(NOW - 50),
    },
  });
  expect(inspection.kind === "inspected" && hex(inspection.files["fleet.bin"])).toBe(hex(fleet.encoded));
  expect(fleet.seen).toEqual([]);
});

test("a bundle in which a word changed is not what the operator signed, and nothing it says is passed on", async () => {
  const [note, proof, policies] = fleet.notes;
  fleet.notes = [altered(note, "not-before", "not-behind"), proof, policies];
  const inspection = await inspect();
  expect(inspection).toMatchObject({
    failed: { step: "OPERATOR_SIGNATURE", end: { reason: "not-operators" } },
    findings: { passed: ["FORM", "TRUST_POLICY"] },
  });
  expect(inspection.kind === "inspected" && Object.keys(inspection.findings)).toEqual(["passed", "policy"]);
});

test("a bundle that nobody has looked at for long stops there, with what held before", async () => {
  seconds = NOW + 700_000;
  const inspection = await inspect();
  expect(inspection).toMatchObject({
    failed: { step: "FRESHNESS", end: { reason: "out-of-time" } },
    findings: { passed: OVER_THE_AIR.slice(0, OVER_THE_AIR.indexOf("FRESHNESS")), bundle: { epoch: 1n } },
  });
  seconds = -1;
  expect(await inspect()).toMatchObject({ kind: "untrusted", reason: "out-of-time" });
});

test("a fleet that is not listed is not said to have passed what was never looked at", async () => {
  const other = new MiniFleet();
  fleet.notes = publisher.publish([[other.fleet, "active"]]);
  const inspection = await inspect();
  expect(inspection).toMatchObject({ failed: { step: "LISTED_KEYS" }, findings: { bundle: { epoch: 2n } } });
  expect(inspection.kind === "inspected" && inspection.findings.passed).not.toContain("FLEET_STATE");
});

test("one node that lies does not hide another that does not, and is counted", async () => {
  const [note, proof, policies] = fleet.notes;
  const good = fleet.delivery();
  fleet.notes = [altered(note, "epoch 1", "epoch 7"), proof, policies];
  const bad = fleet.delivery();
  const answers = [new Uint8Array([1]), bad, good];
  const transport: VaultTransport = {
    ...fleet.transport(),
    bundle: async (turn) => ({ kind: "answered", body: (answers[turn] ?? good) as Bytes }),
  };
  expect(await inspect(transport)).toMatchObject({ failed: undefined, turnedAway: 2 });
  const silent: VaultTransport = { ...fleet.transport(), bundle: async () => ({ kind: "unreachable" }) };
  expect(await inspect(silent)).toMatchObject({ kind: "try-again", cause: "unreachable" });
});

test("what is older than what this device has seen is refused, and a pinned fleet needs two steps", async () => {
  const before = fleet.notes;
  fleet.notes = publisher.publish([[fleet.fleet, "active"]]);
  expect(await inspect()).toMatchObject({ failed: undefined });
  fleet.notes = before;
  expect(await inspect()).toMatchObject({ failed: { step: "MEMORY" } });
  const pinned = { trust: { kind: "pin", fleetId: fleet.fleet.id } } as const;
  const inspection = await inspect(undefined, pinned);
  expect(inspection).toMatchObject({ failed: undefined, findings: { passed: ["PIN", "CLIENT_FLOOR"] } });
  const strict = { ...POLICY_DEVELOPMENT, floor: { ...POLICY_DEVELOPMENT.floor, simulatedAllowed: false } };
  expect(await inspect(undefined, { ...pinned, policy: strict })).toMatchObject({
    failed: { step: "CLIENT_FLOOR", end: { reason: "simulated" } },
  });
});

test("what changed between two bundles are the lines that notaries and auditors print", () => {
  const text = (notes: readonly Bytes[]) => new TextDecoder().decode(notes[0]).split("\n\n")[0];
  const first = parseBundle(`${text(fleet.notes)}\n`);
  const next = new MiniFleet();
  const both = publisher.publish([
    [fleet.fleet, "retiring"],
    [next.fleet, "active"],
  ]);
  const second = parseBundle(`${text(both)}\n`);
  const delta = keyDelta(first, second);
  const id = hex(fleet.fleet.id);
  expect(delta.filter((line) => line.startsWith("- "))).toEqual([`- fleet ${id} active sha256:${"0".repeat(64)}`]);
  expect(delta.filter((line) => line.startsWith("+ key "))).toHaveLength(6);
  expect(keyDelta(second, second)).toEqual([]);
});
