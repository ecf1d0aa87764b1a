import type { Bytes } from "../codec/bytes.js";
import type { KsfParameters } from "../protocol/registration.js";

/** Argon2id, version 0x13 (RFC 9106): what is left against an attacker who holds t HSMs. */

/** Stretches the OPRF's output to 64 octets. A failure is thrown, never a result: that would look like a wrong code. */
export type KeyStretching = (
  output: Bytes,
  salt: Bytes,
  parameters: KsfParameters,
  signal?: AbortSignal,
  onProgress?: (fraction: number) => void,
) => Promise<Bytes>;

/** What goes to a worker, and what comes back. */
export interface StretchingTask {
  readonly output: Bytes;
  readonly salt: Bytes;
  readonly parameters: KsfParameters;
}

/** A web worker, as far as it is needed here: the platform's own is one. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): void;
  addEventListener(type: "message" | "error", listener: (event: { readonly data?: unknown }) => void): void;
}

/** Computes in this thread, which stands still meanwhile. */
export const argon2idHere: KeyStretching = async (output, salt, parameters, signal) => {
  signal?.throwIfAborted();
  const { argon2id } = await import("hash-wasm");
  const stretched = await argon2id({
    password: output,
    salt,
    iterations: parameters.passes,
    parallelism: parameters.lanes,
    memorySize: parameters.memoryKibibytes,
    hashLength: 64,
    outputType: "binary",
  });
  signal?.throwIfAborted();
  return new Uint8Array(stretched);
};

/** Milliseconds for a MiB and pass, as the last computation took; the first guess is a slow phone's. */
let pace = 8;

function defaultWorker(): WorkerLike {
  return new Worker(new URL("./argon2id-worker.js", import.meta.url), { type: "module" });
}

/** How a computation in a worker ends; the worker is ended in every case, and its memory with it. */
function inWorker(worker: WorkerLike, task: StretchingTask, signal: AbortSignal | undefined): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    worker.addEventListener("error", () => reject(new Error("the worker that stretches codes failed")));
    worker.addEventListener("message", ({ data }) => {
      signal?.removeEventListener("abort", abort);
      if (data instanceof Uint8Array && data.length === 64) {
        resolve(new Uint8Array(data));
      } else {
        reject(new Error("the worker that stretches codes has no result"));
      }
    });
    worker.postMessage(task);
  });
}

/**
 * Computes in a worker of its own. The library tells nothing while it computes, so the progress is an estimate, from
 * what the last computation took.
 *
 * @param start starts `@coffer/client/argon2id-worker` as a module; for pages whose policy asks for a trusted URL
 */
export function argon2idInWorker(
  start: () => WorkerLike = defaultWorker,
  now = () => performance.now(),
): KeyStretching {
  return async (output, salt, parameters, signal, onProgress) => {
    signal?.throwIfAborted();
    const work = (parameters.memoryKibibytes / 1024) * parameters.passes;
    const begun = now();
    const told = setInterval(() => onProgress?.(Math.min(0.95, (now() - begun) / (pace * work))), 100);
    const worker = start();
    try {
      const stretched = await inWorker(worker, { output, salt, parameters }, signal);
      pace = Math.max(0.1, (now() - begun) / work);
      onProgress?.(1);
      return stretched;
    } finally {
      clearInterval(told);
      worker.terminate();
    }
  };
}

/** A worker where the platform has one, otherwise this thread. */
export function argon2id(): KeyStretching {
  return typeof Worker === "undefined" ? argon2idHere : argon2idInWorker();
}
