import { expect } from "vitest";
import { BackupSecret } from "../../src/index.js";
import { type OtherUnlock, Passkeys, type PasskeysOptions } from "../../src/passkey/index.js";
import { Device } from "../fleet/device.js";
import { MiniFleet } from "../fleet/mini-fleet.js";
import { FakeAuthenticator } from "./fake-authenticator.js";
import { MapUnlocks } from "./map-unlocks.js";

/** One user with a code, one device, one authenticator, and the app's server: anew for each test. */

export const RP = { id: "app.example", name: "Example" };
export const CODE: OtherUnlock = { kind: "code" };

export let fleet: MiniFleet;
export let device: Device;
export let secret: BackupSecret;
export let authenticator: FakeAuthenticator;
export let store: MapUnlocks;

export async function begin(): Promise<void> {
  fleet = new MiniFleet();
  device = new Device(fleet);
  secret = BackupSecret.generate();
  authenticator = new FakeAuthenticator();
  store = new MapUnlocks();
  expect(await device.enrol(secret)).toMatchObject({ kind: "enrolled" });
  fleet.seen.length = 0;
}

export function passkeys(of: Device = device, options: Partial<PasskeysOptions> = {}): Passkeys {
  const { client } = of;
  return new Passkeys({
    client,
    store,
    rp: RP,
    credentials: authenticator,
    seconds: () => 1_800_000_000.5,
    ...options,
  });
}

export function enrol(name = "Laptop", besides = CODE, of = passkeys()) {
  return of.enrol(secret, { name, userName: "alice@app.example", besides });
}

/** A device that has never seen this account, with what a provider brought along. */
export function newDevice(withSecret = true): Passkeys {
  return passkeys(new Device(fleet), { credentials: authenticator.copied(withSecret) });
}
