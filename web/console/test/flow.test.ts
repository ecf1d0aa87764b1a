import { type BackupSecret, hex, renderCheck, renderKey } from "@coffer/client";
import { beforeEach, expect, test } from "vitest";
import { Device, RIGHT } from "../../client/test/fleet/device.js";
import { MiniFleet } from "../../client/test/fleet/mini-fleet.js";
import { Flow } from "../src/flow.js";
import { type Screen, waysAfterEnrolment, waysAfterRecovery } from "../src/screen.js";
import { LANGUAGES } from "../src/strings/strings.js";

/** The flow against the client's own small fleet: the client is the real one. */

let fleet: MiniFleet;
/** Everything that a user saw, in order. */
let seen: Screen["at"][];
let waits: number[];

beforeEach(() => {
  fleet = new MiniFleet();
  seen = [];
  waits = [];
});

function onNewDevice(more = {}): Flow {
  return new Flow({
    vault: new Device(fleet, more).client,
    account: "alice",
    changed: ({ at }) => seen.push(at),
    progress: () => undefined,
    pause: async (millis) => void waits.push(millis),
    choose: () => 0,
  });
}

function shown<K extends Screen["at"]>(flow: Flow, at: K): Extract<Screen, { at: K }> {
  expect(flow.screen.at).toBe(at);
  return flow.screen as Extract<Screen, { at: K }>;
}

const digits = (flow: Flow) => hex((flow.secret as BackupSecret).copy());

async function protectedAccount(): Promise<Flow> {
  const flow = onNewDevice();
  await flow.chosen(RIGHT, RIGHT);
  shown(flow, "unlocked");
  return flow;
}

test("a code that was typed twice turns protection on, and brings the same key back on a new device", async () => {
  const first = await protectedAccount();
  expect(shown(first, "unlocked").by).toBe("enrolled");
  const second = onNewDevice();
  await second.typed(RIGHT);
  expect(shown(second, "unlocked")).toMatchObject({ by: "recovered", told: { otherAttempts: 0, guessesLeft: 10 } });
  expect(digits(second)).toBe(digits(first));
  expect(seen).toEqual(["working", "unlocked", "working", "unlocked"]);
});

test("two different codes, or what cannot be one, leave the device with nothing", async () => {
  const flow = onNewDevice();
  await flow.chosen(RIGHT, `${RIGHT}!`);
  expect(shown(flow, "choose-code").problem).toBe("not-the-same");
  await flow.chosen("12345", "12345");
  expect(shown(flow, "choose-code").problem).toMatchObject({ problem: "too-short" });
  await flow.typed("");
  expect(shown(flow, "type-code").problem).toMatchObject({ problem: "empty" });
  expect(fleet.seen).toEqual([]);
});

test("a wrong code shows what is left; when it was the last, the key on paper is still a way", async () => {
  const first = await protectedAccount();
  const paper = `${renderKey(first.secret as BackupSecret)}\n${renderCheck(first.secret as BackupSecret)}`;
  const flow = onNewDevice();
  for (let left = 9; left >= 0; left--) {
    await flow.typed("wrong code");
    expect(shown(flow, "type-code").wrong).toMatchObject({ guessesLeft: left });
  }
  await flow.typed(RIGHT);
  const { end } = shown(flow, "recovery-failed");
  expect(end.kind).toBe("exhausted");
  expect(waysAfterRecovery(end)).toContain("type-key");
  flow.typedKey(paper);
  shown(flow, "unlocked");
  expect(digits(flow)).toBe(digits(first));
});

test("others' attempts are told with the history", async () => {
  await protectedAccount();
  await onNewDevice().typed("wrong code");
  const flow = onNewDevice();
  await flow.typed(RIGHT);
  const { told } = shown(flow, "unlocked");
  expect(told).toMatchObject({ otherAttempts: 1 });
  expect(told?.history.map(({ kind }) => kind)).toEqual(["registered", "attempt", "attempt", "success"]);
});

test("where a code is there already nothing is lost before the user says so", async () => {
  const first = await protectedAccount();
  const flow = onNewDevice();
  await flow.chosen("another code 12", "another code 12");
  const { end } = shown(flow, "enrolment-failed");
  expect(waysAfterEnrolment(end)).toEqual(["type-code", "passkey", "type-key", "replace", "home"]);
  const third = onNewDevice();
  await third.typed(RIGHT);
  expect(digits(third)).toBe(digits(first));
  flow.askReplace();
  await flow.replace();
  expect(shown(flow, "unlocked").by).toBe("enrolled");
  const fourth = onNewDevice();
  await fourth.typed("another code 12");
  expect(digits(fourth)).toBe(digits(flow));
  expect(digits(fourth)).not.toBe(digits(first));
});

test("who has the key sets another code for it", async () => {
  const first = await protectedAccount();
  const before = digits(first);
  await first.chosen("another code 12", "another code 12");
  expect(shown(first, "unlocked").by).toBe("enrolled");
  expect(digits(first)).toBe(before);
  const flow = onNewDevice();
  await flow.typed("another code 12");
  expect(digits(flow)).toBe(before);
});

test("silence is repeated by itself for a while, then by hand, and is the same guess", async () => {
  await protectedAccount();
  fleet.faults = { drops: (type) => type === "success" };
  const flow = onNewDevice();
  await flow.typed(RIGHT);
  expect(shown(flow, "recovery-failed").end).toMatchObject({ kind: "try-again", next: "by-itself" });
  expect(waits).toHaveLength(3);
  fleet.faults = {};
  await flow.again();
  expect(shown(flow, "unlocked").told).toMatchObject({ otherAttempts: 0 });
  expect(fleet.records.values().next().value?.attemptNumber).toBe(1n);
});

test("an answer that could not be confirmed is never repeated by itself", async () => {
  await protectedAccount();
  fleet.faults = { answer: (octets) => ({ kind: "answered", body: octets.slice(0, -1) }) };
  const flow = onNewDevice();
  await flow.typed(RIGHT);
  const { end } = shown(flow, "recovery-failed");
  expect(end.next).not.toBe("by-itself");
  expect(waits).toEqual([]);
  expect(waysAfterRecovery(end)).toEqual(["same-again", "passkey", "type-key", "home"]);
});

test("three groups from paper confirm the key, other ones do not", async () => {
  const flow = await protectedAccount();
  flow.showKey();
  flow.askGroups();
  const { groups } = shown(flow, "confirm-key");
  expect(groups).toEqual([1, 2, 3]);
  const right = renderKey(flow.secret as BackupSecret).split(" ");
  flow.confirmGroups([right[0] as string, right[1] as string, right[3] as string]);
  expect(shown(flow, "confirm-key")).toMatchObject({ groups, problem: "groups-differ" });
  flow.confirmGroups([` ${right[0]?.toUpperCase()}`, right[1] as string, right[2] as string]);
  expect(shown(flow, "unlocked").keyConfirmed).toBe(true);
});

test("a mistyped key names the group, and locking forgets the key", async () => {
  const flow = await protectedAccount();
  const secret = flow.secret as BackupSecret;
  const typed = `${renderKey(secret).replace(/^./, (digit) => (digit === "0" ? "1" : "0"))} ${renderCheck(secret)}`;
  flow.lock();
  expect([flow.unlocked, flow.screen.at]).toEqual([false, "home"]);
  expect(secret.copy()).toEqual(new Uint8Array(32));
  flow.typedKey(typed);
  const { problem } = shown(flow, "type-key");
  expect(problem).toMatchObject({ groups: [1] });
  expect(flow.unlocked).toBe(false);
});

test("whoever stops goes on with the same code", async () => {
  await protectedAccount();
  const flow = onNewDevice();
  const call = flow.typed(RIGHT);
  flow.cancel();
  await call;
  expect(shown(flow, "recovery-failed").end).toMatchObject({ cause: "interrupted" });
  await flow.again();
  shown(flow, "unlocked");
});

test("every failure has a sentence in each language, and the paper key or a way back among its ways", () => {
  const told = { next: "never", whatToDoNext: "What to do." } as const;
  const id = new Uint8Array(32);
  const recoveries = [
    { kind: "unconfirmed", afterMillis: 0, ...told },
    { kind: "exhausted", ...told },
    { kind: "not-registered", ...told },
    { kind: "moved", from: id, to: id, ...told },
    { kind: "try-again", cause: "busy", afterMillis: 0, ...told },
    { kind: "untrusted", reason: "forked", ...told },
  ] as const;
  const enrolments = [
    { kind: "not-authorised", loginWouldDo: false, ...told },
    { kind: "exhausted", ...told },
    { kind: "not-acceptable", ...told },
    ...recoveries.slice(4),
  ] as Parameters<typeof waysAfterEnrolment>[0][];
  for (const strings of LANGUAGES) {
    const sentences = [...recoveries.map(strings.recoveryEnd), ...enrolments.map(strings.enrolmentEnd)];
    expect(sentences.filter((sentence) => sentence.length < 10)).toEqual([]);
  }
  expect(recoveries.map(waysAfterRecovery).filter((ways) => !ways.includes("type-key"))).toEqual([]);
  expect(enrolments.map(waysAfterEnrolment).filter((ways) => !ways.includes("type-key"))).toEqual([]);
  expect(waysAfterEnrolment(enrolments[0] as (typeof enrolments)[0])).not.toContain("replace");
});
