import type { Bytes } from "../codec/bytes.js";
import type { Pause, Sent, VaultTransport } from "./ports.js";

/**
 * Ends a call in time: sends until its deadline, and answers by itself after that. Looks at the clock alone, never at what
 * was answered (INV-10).
 */
export function boundedTransport(inner: VaultTransport, left: () => number): VaultTransport {
  // What to say once time is up: that nobody was reached, or that the vault is busy.
  let silence: Sent = { kind: "unreachable" };
  const bounded = async (send: () => Promise<Sent>): Promise<Sent> => {
    if (left() <= 0) {
      return silence;
    }
    const sent = await send();
    silence = sent.kind === "later" ? sent : { kind: "unreachable" };
    return sent;
  };
  const around = (other: VaultTransport | undefined) =>
    other === undefined ? undefined : boundedTransport(other, left);
  return {
    post: (message: Bytes, admitting, replies, turn, signal) =>
      bounded(() => inner.post(message, admitting, replies, turn, signal)),
    bundle: (turn, signal) => bounded(() => inner.bundle(turn, signal)),
    toward: async (fleetId, turn, signal) =>
      left() <= 0 ? undefined : around(await inner.toward(fleetId, turn, signal)),
    address: () => inner.address(),
    at: (address) => around(inner.at(address)),
    insisting: () => boundedTransport(inner.insisting(), left),
  };
}

/** Pauses that end with the call. */
export function boundedPause(inner: Pause, left: () => number): Pause {
  return (millis, signal) => inner(Math.max(0, Math.min(millis, left())), signal);
}
