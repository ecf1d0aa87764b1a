import {
  argon2idInWorker,
  type Bytes,
  type ClientPolicy,
  deviceLogin,
  hex,
  httpsTransport,
  IndexedDbMemory,
  type LoginProvider,
  type LoginToken,
  POLICY_DEFAULT,
  POLICY_DEVELOPMENT,
  systemRandomness,
  unhex,
  VaultClient,
  type WorkerLike,
} from "@coffer/client";
import { developmentLogin } from "@coffer/client/development";
import { Passkeys, type UnlockStore } from "@coffer/client/passkey";
import type { Deployment, LoginSource } from "./deployment.js";

/** The vault of a deployment, for one account on this device. */

const SEED = "device-seed";
const ANSWER_MAX = 8192;

/** This device's key: made once, kept with the memory of the page's origin. */
export function deviceSeed(memory = pageMemory()): Promise<Bytes> {
  return memory.exclusively(async () => {
    const kept = await memory.load(SEED);
    if (kept?.length === 32) {
      return kept;
    }
    const seed = systemRandomness(32);
    await memory.store(SEED, seed);
    return seed;
  });
}

async function json(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  if (!response.ok || text.length > ANSWER_MAX) {
    throw new Error(`the app's server answered ${response.status}`);
  }
  return JSON.parse(text) as Record<string, unknown>;
}

function octets(value: unknown, length: number): Bytes {
  const read = typeof value === "string" ? unhex(value) : undefined;
  if (read?.length !== length) {
    throw new Error("the app's server gave no login");
  }
  return read as Bytes;
}

/** Whose login the app's server has; nothing if nobody is logged in. */
export async function accountAt(address: string, send: typeof fetch = fetch): Promise<string | undefined> {
  const response = await send(address, { cache: "no-store" });
  if (response.status === 401) {
    return undefined;
  }
  const { account } = await json(response);
  return typeof account === "string" && account !== "" ? account : undefined;
}

/** Logins by the app's server (README.md, "Logins"). */
export function serverLogin(
  tenant: string,
  address: string,
  account: string,
  seed: Bytes,
  send: typeof fetch = fetch,
): LoginProvider {
  return deviceLogin(tenant, account, seed, async (fleetId, deviceKey, fresh): Promise<LoginToken> => {
    const body = JSON.stringify({ fleet: hex(fleetId), device: hex(deviceKey), fresh });
    const headers = { "Content-Type": "application/json" };
    const given = await json(await send(address, { method: "POST", headers, body, cache: "no-store" }));
    if (typeof given.jwt !== "string") {
      throw new Error("the app's server gave no login");
    }
    return {
      issuerKey: octets(given.issuerKey, 32),
      rootSignature: octets(given.rootSignature, 64),
      jwt: given.jwt,
    };
  });
}

/** The vault for nobody: it can be looked at. */
export function openVaultToLook({ trust, nodes, login }: Deployment): VaultClient {
  return new VaultClient({
    trust,
    transport: httpsTransport(nodes),
    login: deviceLogin("nobody", "nobody", systemRandomness(32), () => Promise.reject(new Error("nobody logs in"))),
    memory: new IndexedDbMemory(),
    policy: policyOf(login),
  });
}

// Simulated HSMs protect nothing: a vault whose logins anybody may make is the only one that may have them.
function policyOf(login: LoginSource): ClientPolicy {
  return login.kind === "development" ? POLICY_DEVELOPMENT : POLICY_DEFAULT;
}

/** What this device keeps for the page, besides the client's memory. */
export function pageMemory(): IndexedDbMemory {
  return new IndexedDbMemory("coffer-console");
}

export function openVault(
  { trust, nodes, login }: Deployment,
  account: string,
  seed: Bytes,
  startWorker: () => WorkerLike,
): VaultClient {
  return new VaultClient({
    trust,
    transport: httpsTransport(nodes),
    login:
      login.kind === "development"
        ? developmentLogin(account, seed, () => ({ root: login.root.slice(), issuer: login.issuer.slice() }))
        : serverLogin(login.tenant, login.address, account, seed),
    memory: new IndexedDbMemory(),
    stretching: argon2idInWorker(startWorker),
    policy: policyOf(login),
  });
}

function answered(response: Response): Response {
  if (!response.ok) {
    throw new Error(`the app's server answered ${response.status}`);
  }
  return response;
}

/** The unlock files of whoever is logged in, kept by the app's server (README.md, "Passkeys"). */
export function serverUnlocks(address: string, send: typeof fetch = fetch): UnlockStore {
  const at = (name: string, init: RequestInit = {}) => send(`${address}${name}`, { cache: "no-store", ...init });
  return {
    get: async (name, max) => {
      const response = await at(name);
      if (response.status === 404) {
        return undefined;
      }
      const octets = new Uint8Array(await answered(response).arrayBuffer());
      if (octets.length > max) {
        throw new Error("an unlock file is small");
      }
      return octets;
    },
    list: async function* (prefix) {
      const names: unknown = await answered(await at(prefix)).json();
      if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
        throw new Error("a list of names was wanted");
      }
      yield* names;
    },
    put: async (name, content) => void answered(await at(name, { method: "PUT", body: content })),
    add: async (name, content) => {
      const response = await at(name, { method: "POST", body: content });
      return response.status !== 409 && answered(response).ok;
    },
    remove: async (name) => void answered(await at(name, { method: "DELETE" })),
  };
}

/** Passkeys of the page's own domain, where the deployment keeps their files and the browser has any. */
export function passkeysOf({ vault, unlocks }: Deployment, client: VaultClient): Passkeys | undefined {
  if (unlocks === undefined || globalThis.PublicKeyCredential === undefined) {
    return undefined;
  }
  return new Passkeys({ client, store: serverUnlocks(unlocks), rp: { id: location.hostname, name: vault } });
}
