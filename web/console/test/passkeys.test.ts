import { hex } from "@coffer/client";
import type { Passkeys } from "@coffer/client/passkey";
import { beforeEach, expect, test } from "vitest";
import { Device, RIGHT } from "../../client/test/fleet/device.js";
import { authenticator, begin, device, fleet, newDevice, passkeys, secret } from "../../client/test/passkey/world.js";
import { Flow } from "../src/flow.js";
import { type Screen, WAYS_AFTER_UNLOCK } from "../src/screen.js";

/** The flow with passkeys: those of the client, on its small fleet, with its odd authenticators. */

beforeEach(begin);

function room(of: Passkeys | undefined, touched: (flow: Flow) => void = (flow) => flow.touch()): Flow {
  const flow: Flow = new Flow({
    vault: new Device(fleet).client,
    passkeys: of,
    account: "alice@app.example",
    changed: ({ at }) => {
      if (at === "touch") {
        touched(flow);
      }
    },
    progress: () => undefined,
    pause: async () => undefined,
    choose: () => 0,
  });
  return flow;
}

function shown<K extends Screen["at"]>(flow: Flow, at: K): Extract<Screen, { at: K }> {
  expect(flow.screen.at).toBe(at);
  return flow.screen as Extract<Screen, { at: K }>;
}

async function withLaptop(): Promise<Flow> {
  const flow = room(passkeys());
  await flow.typed(RIGHT);
  await flow.addPasskey("Laptop");
  expect(shown(flow, "passkeys").told).toMatchObject({ kind: "enrolled", slot: "passkey-1" });
  return flow;
}

test("a passkey is asked twice, listed, opens the key elsewhere, and opens nothing once it is revoked", async () => {
  const flow = await withLaptop();
  expect(shown(flow, "passkeys").list).toMatchObject({ passkeys: [{ slot: "passkey-1", name: "Laptop" }] });
  const other = room(newDevice());
  await other.unlock();
  expect(shown(other, "unlocked").by).toBe("recovered");
  expect(hex(other.secret?.copy() ?? new Uint8Array(0))).toBe(hex(secret.copy()));
  await flow.revokePasskey("passkey-1");
  expect(shown(flow, "passkeys")).toMatchObject({ told: { kind: "revoked" }, list: { passkeys: [] } });
  other.lock();
  await other.unlock();
  expect(shown(other, "unlock-failed").end).toMatchObject({ problem: "no-passkeys" });
});

test("a passkey is renamed under the key that is here, and its name is never empty", async () => {
  const flow = await withLaptop();
  fleet.seen.length = 0;
  await flow.renamePasskey("passkey-1", "Old laptop");
  const renamed = { passkeys: [{ slot: "passkey-1", name: "Old laptop" }] };
  expect(shown(flow, "passkeys")).toMatchObject({ told: { kind: "renamed" }, list: renamed });
  await flow.renamePasskey("passkey-1", "");
  expect(shown(flow, "passkeys")).toMatchObject({ told: { problem: "unacceptable-name" }, list: renamed });
  expect(fleet.seen).toEqual([]);
  const other = room(newDevice());
  await other.unlock();
  await other.showPasskeys();
  expect(shown(other, "passkeys").list).toMatchObject(renamed);
});

test("a passkey that came without its secret costs no guess, and leaves code and paper", async () => {
  await withLaptop();
  fleet.seen.length = 0;
  const other = room(newDevice(false));
  await other.unlock();
  expect(shown(other, "unlock-failed").end).toMatchObject({ problem: "prf-missing" });
  expect(WAYS_AFTER_UNLOCK).toEqual(expect.arrayContaining(["type-code", "type-key"]));
  expect(fleet.seen).toEqual([]);
  await other.typed(RIGHT);
  shown(other, "unlocked");
});

test("whoever stops at the second question is not left waiting, and has no passkey", async () => {
  authenticator.reading = () => ({ error: "NotAllowedError" });
  const flow = room(passkeys(), (one) => one.cancel());
  await flow.typed(RIGHT);
  await flow.addPasskey("Laptop");
  expect(shown(flow, "passkeys")).toMatchObject({
    told: { kind: "problem", problem: "cancelled", leftover: true },
    list: { passkeys: [] },
  });
});

test("what the vault did not confirm is finished later, with the same passkey", async () => {
  const flow = room(passkeys());
  await flow.typed(RIGHT);
  fleet.faults = { drops: (type) => type === "register-finish" };
  await flow.addPasskey("Laptop");
  expect(shown(flow, "passkeys").told).toMatchObject({ kind: "unfinished", slot: "passkey-1" });
  fleet.faults = {};
  await flow.finishPasskey("passkey-1");
  expect(shown(flow, "passkeys").told).toMatchObject({ kind: "enrolled" });
  expect(authenticator.creations).toBe(1);
});

test("where no server keeps unlock files there are no passkeys, and without a key none are managed", async () => {
  expect([room(undefined).hasPasskeys, room(passkeys()).hasPasskeys]).toEqual([false, true]);
  const locked = room(passkeys());
  await locked.addPasskey("Laptop");
  expect([locked.screen.at, authenticator.creations, device.stretched > 0]).toEqual(["home", 0, true]);
});
