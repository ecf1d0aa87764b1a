import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { utf8 } from "../src/codec/bytes.js";
import { argon2idHere, argon2idInWorker, type WorkerLike } from "../src/crypto/argon2id.js";

const PARAMETERS = { memoryKibibytes: 19456, passes: 2, lanes: 1 };
const SALT = utf8("sixteen octets..");

/** A browser's worker on a thread of Node.js, running the built program. */
function browserWorker(ended: { times: number }): WorkerLike {
  const program = pathToFileURL(fileURLToPath(new URL("../dist/crypto/argon2id-worker.js", import.meta.url))).href;
  const bootstrap = `
    const { parentPort } = require("node:worker_threads");
    globalThis.postMessage = (message) => parentPort.postMessage(message);
    const ready = import(${JSON.stringify(program)});
    parentPort.on("message", async (data) => { await ready; globalThis.onmessage({ data }); });`;
  const thread = new Worker(bootstrap, { eval: true });
  return {
    postMessage: (message) => thread.postMessage(message),
    terminate: () => {
      ended.times++;
      void thread.terminate();
    },
    addEventListener: (type, listener) => {
      thread.on(type, (told) => listener(type === "message" ? { data: told } : {}));
    },
  };
}

describe("Argon2id in a worker", () => {
  test("gives what it gives here, tells how far it is, and ends the worker", async () => {
    const ended = { times: 0 };
    const told: number[] = [];
    const stretch = argon2idInWorker(() => browserWorker(ended));
    const stretched = await stretch(utf8("output"), SALT, PARAMETERS, undefined, (fraction) => told.push(fraction));
    expect(stretched).toEqual(await argon2idHere(utf8("output"), SALT, PARAMETERS));
    expect(ended.times).toBe(1);
    expect(told.at(-1)).toBe(1);
    expect(told.every((fraction, at) => fraction >= (told[at - 1] ?? 0) && fraction <= 1)).toBe(true);
  });

  test("ends with the call that is aborted", async () => {
    const ended = { times: 0 };
    const controller = new AbortController();
    const running = argon2idInWorker(() => browserWorker(ended))(utf8("x"), SALT, PARAMETERS, controller.signal);
    controller.abort();
    await expect(running).rejects.toThrow();
    expect(ended.times).toBe(1);
    const never = argon2idInWorker(() => {
      throw new Error("a worker was started");
    });
    await expect(never(utf8("x"), SALT, PARAMETERS, controller.signal)).rejects.not.toThrow("a worker was started");
  });

  test("never takes a failure for a result", async () => {
    const answering = (answered: string, event: { readonly data?: unknown }) =>
      argon2idInWorker(() => {
        const listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
        return {
          postMessage: () => queueMicrotask(() => listeners.get(answered)?.(event)),
          terminate: () => undefined,
          addEventListener: (type, listener) => void listeners.set(type, listener),
        };
      })(utf8("x"), SALT, PARAMETERS);
    await expect(answering("message", { data: "failed" })).rejects.toThrow("no result");
    await expect(answering("message", { data: new Uint8Array(63) })).rejects.toThrow("no result");
    await expect(answering("error", {})).rejects.toThrow("failed");
    const impossible = { memoryKibibytes: 1, passes: 1, lanes: 4 };
    await expect(argon2idInWorker(() => browserWorker({ times: 0 }))(utf8("x"), SALT, impossible)).rejects.toThrow();
  });
});
