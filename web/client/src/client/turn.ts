import { type TryAgain, tryAgain } from "./reasons.js";

/** A call that waits for its turn, behind calls of this tab and of others. A signal ends the wait, and the call never begins. */
export class Turn<T> {
  /** The call's end. */
  readonly end: Promise<T | TryAgain>;
  /** Runs the call; resolves when it has ended, whichever way. */
  readonly take: () => Promise<void>;
  /** The turn never comes. */
  readonly fail: (cause: unknown) => void;

  constructor(run: () => Promise<T>, signal: AbortSignal | undefined) {
    const { promise, resolve, reject } = withResolvers<T | TryAgain>();
    const cancel = () => resolve(tryAgain("interrupted", 0));
    this.end = promise;
    this.fail = reject;
    this.take = async () => {
      signal?.removeEventListener("abort", cancel);
      if (signal?.aborted) {
        cancel();
        return;
      }
      // From here on the call looks at the signal itself, where it can stop without losing anything.
      await run().then(resolve, reject);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) {
      cancel();
    }
  }
}

/** As Promise.withResolvers, which node 20 lacks. */
function withResolvers<T>() {
  let resolve: (value: T | PromiseLike<T>) => void = () => undefined;
  let reject: (cause: unknown) => void = () => undefined;
  const promise = new Promise<T>((onValue, onCause) => {
    resolve = onValue;
    reject = onCause;
  });
  return { promise, resolve, reject };
}
