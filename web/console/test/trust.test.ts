import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bytes, hex, type Inspection, MapMemory } from "@coffer/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Device } from "../../client/test/fleet/device.js";
import { MiniFleet } from "../../client/test/fleet/mini-fleet.js";
import { Publisher } from "../../client/test/fleet/publisher.js";
import { opensslCommands, quoted } from "../src/again.js";
import { Trust, type TrustScreen } from "../src/trust.js";

/** The room *Trust* without a page: the client is the real one. */

const NOW = 1_800_000_000;
const OPENSSL = existsSync("/usr/bin/openssl");

let fleet: MiniFleet;
let publisher: Publisher;
let pageMemory: MapMemory;
let clientMemory: MapMemory;
let folder: string;

beforeEach(() => {
  fleet = new MiniFleet();
  publisher = new Publisher(NOW);
  fleet.notes = publisher.publish([[fleet.fleet, "active"]]);
  pageMemory = new MapMemory();
  clientMemory = new MapMemory();
  folder = mkdtempSync(join(tmpdir(), "coffer-trust-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function look(): Promise<Extract<TrustScreen, { at: "looked" }>> {
  const screens: TrustScreen[] = [];
  const device = new Device(fleet, { trust: { kind: "roots", policy: publisher.policy }, seconds: () => NOW });
  device.memory = clientMemory;
  await new Trust({
    vault: device.client,
    memory: pageMemory,
    millis: () => NOW * 1000,
    progress: () => undefined,
    changed: (screen) => screens.push(screen),
  }).look();
  expect(screens.map(({ at }) => at)).toEqual(["looking", "looked"]);
  return screens[1] as Extract<TrustScreen, { at: "looked" }>;
}

test("a device has nothing to compare at first, and then tells what changed until the next change", async () => {
  expect(await look()).toMatchObject({ change: undefined, end: { failed: undefined } });
  expect((await look()).change).toBeUndefined();
  const next = new MiniFleet();
  fleet.notes = publisher.publish([
    [fleet.fleet, "active"],
    [next.fleet, "announced"],
  ]);
  // The room was not looked at when the device used the vault: the change is told all the same.
  for (let times = 0; times < 2; times++) {
    const { change } = await look();
    expect(change).toMatchObject({ from: 1n });
    const { lines } = change as Exclude<typeof change, "damaged" | undefined>;
    expect(lines).toHaveLength(1 + 1 + 3 + 6);
    expect(lines[0]).toBe(`+ fleet ${hex(next.fleet.id)} announced sha256:${"0".repeat(64)}`);
  }
  fleet.notes = publisher.publish([
    [fleet.fleet, "active"],
    [next.fleet, "announced"],
  ]);
  expect((await look()).change).toEqual({ from: 2n, lines: [] });
});

test("what does not hold is neither compared nor kept, and a damaged memory is said to be one", async () => {
  await look();
  const kept = await pageMemory.load("bundles-vault.example");
  const [note, proof, policies] = publisher.publish([[fleet.fleet, "active"]]);
  const forged = new TextEncoder().encode(new TextDecoder().decode(note).replace("epoch 2", "epoch 9")) as Bytes;
  fleet.notes = [forged, proof, policies];
  expect(await look()).toMatchObject({ change: undefined, end: { failed: { step: "OPERATOR_SIGNATURE" } } });
  expect(await pageMemory.load("bundles-vault.example")).toEqual(kept);
  fleet.notes = [note, proof, policies];
  await pageMemory.store("bundles-vault.example", new Uint8Array([1, 2, 3]));
  expect((await look()).change).toBe("damaged");
  expect((await look()).change).toBeUndefined();
});

test.skipIf(!OPENSSL)(
  "OpenSSL verifies by the commands that the page shows, and refuses what was altered",
  async () => {
    const { end } = await look();
    const { files } = end as Inspection;
    const run = (note: Uint8Array, ...[who, key, line]: Parameters<typeof opensslCommands>) => {
      writeFileSync(join(folder, "fleet.note"), note);
      const options = { cwd: folder, encoding: "utf8", stdio: "pipe" } as const;
      return execFileSync("sh", ["-c", opensslCommands(who, key, line)], options).trim();
    };
    const note = files["fleet.note"];
    const { operator, notary } = publisher.policy;
    expect(run(note, "operator", operator, 0)).toBe("Signature Verified Successfully");
    expect(run(note, "notary", notary, 2)).toBe("Signature Verified Successfully");
    expect(() => run(note, "operator", notary, 0)).toThrow();
    const altered = note.slice();
    altered[40] = (altered[40] as number) ^ 1;
    expect(() => run(altered, "operator", operator, 0)).toThrow();
    expect(() => run(altered, "notary", notary, 2)).toThrow();
  },
);

test("a word stays one word for a shell, whoever chose it", () => {
  const word = "it's $(touch x) `y`; z";
  expect(execFileSync("sh", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" })).toBe(word);
});
