import { MapMemory, renderCheck, renderKey, systemRandomness } from "@coffer/client";
import { beforeEach, expect, test } from "vitest";
import { Device, RIGHT } from "../../client/test/fleet/device.js";
import { MiniFleet } from "../../client/test/fleet/mini-fleet.js";
import { Flow, type FlowOptions } from "../src/flow.js";
import { Practice, Uses } from "../src/practice.js";
import type { Screen } from "../src/screen.js";

/** What this device keeps for its owner: the flow against the client's small fleet, with a clock of the test's. */

const DAY = 86_400_000;
const START = 1_800_000_000_000;

let fleet: MiniFleet;
let memory: MapMemory;
let now: number;
let fails: boolean;

beforeEach(() => {
  fleet = new MiniFleet();
  memory = new MapMemory();
  now = START;
  fails = false;
});

/** The page once more, on the same device. */
async function open(more: Partial<FlowOptions> = {}): Promise<Flow> {
  const kept = { memory, account: "alice", millis: () => now };
  const stretching = async (code: Uint8Array, salt: Uint8Array): Promise<Uint8Array<ArrayBuffer>> => {
    if (fails) {
      throw new Error("no memory");
    }
    const both = new Uint8Array([...salt, ...code]);
    return new Uint8Array(await crypto.subtle.digest("SHA-512", both));
  };
  return new Flow({
    vault: new Device(fleet).client,
    account: "alice",
    practice: await new Practice({ ...kept, stretching, randomness: systemRandomness }).open(),
    uses: await new Uses(kept).open(),
    changed: () => undefined,
    progress: () => undefined,
    pause: async () => undefined,
    choose: () => 0,
    ...more,
  });
}

function shown<K extends Screen["at"]>(flow: Flow, at: K): Extract<Screen, { at: K }> {
  expect(flow.screen.at).toBe(at);
  return flow.screen as Extract<Screen, { at: K }>;
}

async function practisedAccount(): Promise<Flow> {
  const flow = await open();
  flow.practises = true;
  await flow.chosen(RIGHT, RIGHT);
  shown(flow, "unlocked");
  return flow;
}

test("a code that may be practised is checked on this device alone, as often as its owner likes", async () => {
  await practisedAccount();
  expect((await memory.load("practice-alice"))?.length).toBe(88);
  now += 40 * DAY;
  fleet.seen.length = 0;
  const flow = await open();
  expect([flow.practisedSince, flow.lastUsed("code"), flow.lastUsed("practice")]).toEqual([START, START, undefined]);
  flow.askPractice();
  for (let times = 0; times < 12; times++) {
    await flow.practise("wrong code");
    expect(shown(flow, "practise")).toEqual({ at: "practise", since: START, end: "wrong" });
  }
  await flow.practise("12");
  expect(shown(flow, "practise").problem).toMatchObject({ problem: "too-short" });
  await flow.practise(RIGHT);
  expect(shown(flow, "practise").end).toBe("right");
  expect(fleet.seen).toEqual([]);
  expect((await open()).lastUsed("practice")).toBe(now);
  await flow.typed(RIGHT);
  expect(shown(flow, "unlocked").told).toMatchObject({ otherAttempts: 0 });
});

test("nothing to practise is kept unasked, and a code that is typed without the wish ends it", async () => {
  const flow = await open();
  await flow.chosen(RIGHT, RIGHT);
  expect([flow.practisedSince, await memory.load("practice-alice")]).toEqual([undefined, undefined]);
  flow.askPractice();
  await flow.practise(RIGHT);
  shown(flow, "unlocked");
  flow.typeCode();
  flow.practises = true;
  await flow.typed(RIGHT);
  expect(flow.practisedSince).toBe(START);
  // The wish is for one code: a code that the vault did not take keeps nothing, the next one is asked anew.
  flow.typeCode();
  await flow.typed("wrong code");
  expect(flow.practisedSince).toBe(START);
  await flow.typed(RIGHT);
  expect([flow.practisedSince, await memory.load("practice-alice")]).toEqual([undefined, undefined]);
});

test("forgetting erases it, a damaged one is none, and a device without memory says nothing about the code", async () => {
  const flow = await practisedAccount();
  fails = true;
  flow.askPractice();
  await flow.practise(RIGHT);
  shown(flow, "broken");
  flow.practises = true;
  flow.typeCode();
  flow.practises = true;
  await flow.typed(RIGHT);
  shown(flow, "unlocked");
  expect(flow.practisedSince).toBeUndefined();
  fails = false;
  flow.typeCode();
  flow.practises = true;
  await flow.typed(RIGHT);
  expect(flow.practisedSince).toBe(START);
  memory.erase = () => Promise.reject(new Error("no memory"));
  await flow.forgetPractice();
  expect(shown(flow, "practise").end).toBe("not-erased");
  expect(flow.practisedSince).toBe(START);
  memory.erase = MapMemory.prototype.erase;
  await flow.forgetPractice();
  expect([flow.practisedSince, await memory.load("practice-alice")]).toEqual([undefined, undefined]);
  await memory.store("practice-alice", new Uint8Array(87));
  await memory.store("uses-alice", new Uint8Array([255]));
  const other = await open();
  expect([other.practisedSince, other.lastUsed("code")]).toEqual([undefined, undefined]);
});

test("what opens the key is told with the vault's word, and with when this device used it last", async () => {
  const flow = await practisedAccount();
  const secret = flow.secret;
  const paper = secret === undefined ? "" : `${renderKey(secret)} ${renderCheck(secret)}`;
  await flow.showUnlocks();
  expect(shown(flow, "unlocks")).toMatchObject({ code: { kind: "registered" }, passkeys: undefined });
  expect(["code", "key", "passkey"].map((used) => flow.lastUsed(used as "code"))).toEqual([
    START,
    undefined,
    undefined,
  ]);
  now += DAY;
  flow.lock();
  flow.typedKey(paper);
  expect(flow.lastUsed("key")).toBe(START + DAY);
  fleet.records.clear();
  await flow.showUnlocks();
  expect(shown(flow, "unlocks").code.kind).toBe("not-registered");
});
