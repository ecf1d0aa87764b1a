import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IDBDatabase, IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ClientMemory } from "../src/client/ports.js";
import { utf8 } from "../src/codec/bytes.js";
import { FileMemory } from "../src/stores/file-memory.js";
import { IndexedDbMemory } from "../src/stores/indexed-db-memory.js";
import { MapMemory } from "../src/stores/map-memory.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "coffer-memory-"));
  vi.stubGlobal("indexedDB", new IDBFactory());
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllGlobals();
});

const memories: Record<string, () => ClientMemory> = {
  map: () => new MapMemory(),
  files: () => new FileMemory(join(folder, "memory")),
  IndexedDB: () => new IndexedDbMemory(),
};

describe.each(Object.entries(memories))("a memory of %s", (_, create) => {
  test("gives back what was stored last, and a copy of it", async () => {
    const memory = create();
    expect(await memory.load("chain-0")).toBeUndefined();
    const value = utf8("first");
    await memory.store("chain-0", value);
    value.fill(0);
    expect(await memory.load("chain-0")).toEqual(utf8("first"));
    await memory.store("chain-0", utf8("second"));
    await memory.store("chain-1", utf8("other"));
    (await memory.load("chain-0"))?.fill(0);
    expect(await memory.load("chain-0")).toEqual(utf8("second"));
    await memory.erase("chain-0");
    await memory.erase("chain-0");
    expect(await memory.load("chain-0")).toBeUndefined();
    expect(await memory.load("chain-1")).toEqual(utf8("other"));
  });
});

test("files are this user's alone, whole, and outlive the object", async () => {
  const memory = new FileMemory(folder);
  await memory.store("a-value", utf8("text"));
  expect(readdirSync(folder)).toEqual(["a-value"]);
  expect(statSync(join(folder, "a-value")).mode & 0o777).toBe(0o600);
  expect(await new FileMemory(folder).load("a-value")).toEqual(utf8("text"));
  await expect(memory.load("../elsewhere")).rejects.toThrow("a name in memory");
  // A draft that a crash left behind is no value.
  writeFileSync(join(folder, "b-value.draft"), "half");
  expect(await memory.load("b-value")).toBeUndefined();
});

test("IndexedDB outlives the object, works under strict durability, and in one tab at a time", async () => {
  const requested: string[] = [];
  vi.stubGlobal("navigator", {
    locks: {
      request: (name: string, work: () => Promise<unknown>) => {
        requested.push(name);
        return work();
      },
    },
  });
  const transactions = vi.spyOn(IDBDatabase.prototype, "transaction");
  const memory = new IndexedDbMemory("mine");
  await memory.exclusively(() => memory.store("name", utf8("kept")));
  expect(requested).toEqual(["coffer-memory-mine"]);
  expect(transactions.mock.calls.at(-1)).toEqual(["memory", "readwrite", { durability: "strict" }]);
  expect(await new IndexedDbMemory("mine").load("name")).toEqual(utf8("kept"));
  expect(await new IndexedDbMemory("other").load("name")).toBeUndefined();
});

test("a memory that fails rejects, and does not pretend to have stored", async () => {
  writeFileSync(join(folder, "file"), "");
  await expect(new FileMemory(join(folder, "file")).store("name", utf8("x"))).rejects.toThrow();
  vi.stubGlobal("indexedDB", {
    open() {
      const request: { onerror?: () => void; error: Error } = { error: new Error("no storage") };
      queueMicrotask(() => request.onerror?.());
      return request;
    },
  });
  await expect(new IndexedDbMemory().store("name", utf8("x"))).rejects.toThrow("no storage");
});
