import { beforeEach, expect, test } from "vitest";
import type { Bytes } from "../src/codec/bytes.js";
import { BackupSecret, MapMemory } from "../src/index.js";
import { Device, RIGHT } from "./fleet/device.js";
import { MiniFleet } from "./fleet/mini-fleet.js";

/** A memory in which a pending recovery can be given another version. */
class AgedMemory extends MapMemory {
  #recovery = "";

  override store(name: string, value: Bytes): Promise<void> {
    this.#recovery = name.startsWith("recovery-") ? name : this.#recovery;
    return super.store(name, value);
  }

  async version(from: number, to: number): Promise<void> {
    const octets = (await this.load(this.#recovery)) as Bytes;
    expect(octets[0]).toBe(from);
    octets[0] = to;
    await super.store(this.#recovery, octets);
  }
}

let fleet: MiniFleet;
let device: Device;
let memory: AgedMemory;

beforeEach(async () => {
  fleet = new MiniFleet();
  device = new Device(fleet);
  memory = new AgedMemory();
  device.memory = memory;
  expect(await device.enrol(BackupSecret.generate())).toMatchObject({ kind: "enrolled" });
});

/** A recovery whose second message never reaches the fleet. */
async function held(typed: string): Promise<void> {
  fleet.faults = { drops: (type) => type === "success" };
  expect(await device.recover(typed)).toMatchObject({ kind: "try-again", cause: "unreachable" });
  fleet.faults = {};
  fleet.seen.length = 0;
}

test("of what an earlier app kept the attempt goes on, at no cost and the same whatever the code", async () => {
  const traffic = () => fleet.seen.map(({ type, size, replies }) => `${type} ${size} ${replies}`);
  for (const earlier of [1, 2]) {
    await held("wrong code");
    await memory.version(3, earlier);
    expect(await device.recover("wrong code")).toMatchObject({ kind: "wrong-code", guessesLeft: 9 });
    const wrong = traffic();
    await held(RIGHT);
    await memory.version(3, earlier);
    expect(await device.recover()).toMatchObject({ kind: "recovered" });
    expect(traffic()).toEqual(wrong);
    expect(wrong.map((line) => line.split(" ")[0])).toEqual(["attempt", "success"]);
  }
  expect(fleet.records.values().next().value?.attemptNumber).toBe(4n);
});

test("what a later app kept is not guessed at", async () => {
  await held(RIGHT);
  for (const unknown of [0, 4]) {
    await memory.version(3, unknown);
    expect(await device.recover()).toMatchObject({ kind: "untrusted", reason: "memory-damaged" });
    await memory.version(unknown, 3);
  }
  expect(await device.recover()).toMatchObject({ kind: "recovered" });
});
