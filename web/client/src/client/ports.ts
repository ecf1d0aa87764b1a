import type { Bytes } from "../codec/bytes.js";
import { publicKey, sign } from "../crypto/ed25519.js";
import type { LoginToken } from "../protocol/login.js";

/** What an app lends the client: a memory, a login, a way to the vault. */

/**
 * Where a client keeps requests that have no certified outcome yet, and how far it has seen each chain. Values of at most
 * 8,192 octets under names of `a-z 0-9 -`.
 *
 * The implementation promises: `store` is atomic and durable when it resolves; only this app can read the values, for
 * while a recovery is under way its blind lies here, and whoever reads it can test codes against it without the vault.
 */
export interface ClientMemory {
  load(name: string): Promise<Bytes | undefined>;
  store(name: string, value: Bytes): Promise<void>;
  erase(name: string): Promise<void>;
  /** Runs `work` while nobody else uses this memory, in other tabs neither. Left out where nobody else can. */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
}

/** The app's login. The device key stays with the implementation. */
export interface LoginProvider {
  /** 1 to 32 octets of UTF-8. */
  readonly tenant: string;
  /** The `sub` of the login: 1 to 64 octets of UTF-8. */
  readonly account: string;
  /**
   * A login whose audience is this fleet and whose `cnf` is this device's key. A rejection means that none is to be had
   * now, and the operation can be repeated.
   *
   * @param fresh whether the one given before was refused as expired
   */
  token(fleetId: Bytes, fresh: boolean): Promise<LoginToken>;
  /** An Ed25519 signature (64 octets) by the device key. */
  sign(text: Bytes): Promise<Bytes> | Bytes;
}

/** A login whose device key is a seed in this process. The seed stays the caller's. */
export function deviceLogin(
  tenant: string,
  account: string,
  deviceSeed: Bytes,
  source: (fleetId: Bytes, deviceKey: Bytes, fresh: boolean) => Promise<LoginToken>,
): LoginProvider {
  return {
    tenant,
    account,
    token: (fleetId, fresh) => source(fleetId, publicKey(deviceSeed), fresh),
    sign: (text) => sign(deviceSeed, text),
  };
}

/** How many replies a node should gather. */
export type Replies = "quorum" | "all";

/** What became of one sending. Nothing of it is trusted. */
export type Sent =
  /** A body came back. Hostile until verified. */
  | { readonly kind: "answered"; readonly body: Bytes }
  /** No answer. The request may have been carried out. */
  | { readonly kind: "unreachable" }
  /** The node asks to come again after its wish in milliseconds. */
  | { readonly kind: "later"; readonly afterMillis: number }
  | { readonly kind: "login-expired" }
  | { readonly kind: "login-invalid" }
  /** The node does not accept the message. */
  | { readonly kind: "refused" }
  /** The node says that its fleet is retired. */
  | { readonly kind: "moved" };

/**
 * The way to the vault. Trusted for nothing: it may lose, delay, alter or invent. Implementations bound every call in
 * time and every answer in size, and make one sending a call.
 */
export interface VaultTransport {
  /**
   * @param admitting the HSM that the message is sealed to, 1 to 7: a hint which node to ask
   * @param turn counts the sendings of one exchange from 0: a later one prefers another node
   */
  post(message: Bytes, admitting: number, replies: Replies, turn: number, signal?: AbortSignal): Promise<Sent>;
  bundle(turn: number, signal?: AbortSignal): Promise<Sent>;
  /** A way to another fleet of the vault, as one node here tells it. */
  toward(fleetId: Bytes, turn: number, signal?: AbortSignal): Promise<VaultTransport | undefined>;
  /** Where this leads, in words that {@link VaultTransport.at} understands later; at most 1,500 octets. */
  address(): string | undefined;
  at(address: string): VaultTransport | undefined;
  /** The same way, with the word that newer fleets were asked first. */
  insisting(): VaultTransport;
}

/** Waits; rejects when the signal aborts. */
export type Pause = (millis: number, signal?: AbortSignal) => Promise<void>;

export const pauseByTimer: Pause = (millis, signal) =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, millis);
    signal?.addEventListener("abort", abort, { once: true });
  });
