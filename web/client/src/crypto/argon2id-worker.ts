import { argon2idHere, type StretchingTask, type WorkerLike } from "./argon2id.js";

/** The program of the worker: one task, one result; without one it says so, and never why. */
const scope = globalThis as unknown as Pick<WorkerLike, "onmessage" | "postMessage">;

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
