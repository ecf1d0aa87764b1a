import { argon2idHere, type StretchingTask } from "./argon2id.js";

/** What a worker has of its page. */
interface WorkerScope {
  postMessage(message: unknown): void;
  onmessage: (event: { readonly data: unknown }) => void;
}

/** The program of the worker: one task, one result; without one it says so, and never why. */
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = async ({ data }) => {
  const { output, salt, parameters } = data as StretchingTask;
  try {
    scope.postMessage(await argon2idHere(output, salt, parameters));
  } catch {
    scope.postMessage("failed");
  } finally {
    output.fill(0);
  }
};
