/// <reference types="vite/client" />
import workerAddress from "../../src/crypto/argon2id-worker.ts?worker&url";
import {
  argon2idInWorker,
  BackupSecret,
  type Bytes,
  deviceLogin,
  hex,
  httpsTransport,
  IndexedDbMemory,
  POLICY_DEVELOPMENT,
  pinnedFleet,
  RecoveryCode,
  unhex,
  VaultClient,
} from "../../src/index.js";
import { type PasskeySlot, Passkeys, type UnlockStore } from "../../src/passkey/index.js";

/** The unlock files at the app's own server. */
const store: UnlockStore = {
  async get(name) {
    const response = await fetch(`/${name}`);
    return response.status === 204 ? undefined : new Uint8Array(await response.arrayBuffer());
  },
  async *list(prefix) {
    const names: string[] = await (await fetch(`/${prefix}`)).json();
    yield* names;
  },
  async put(name, content) {
    await fetch(`/${name}`, { method: "PUT", body: content });
  },
  async add(name, content) {
    return (await fetch(`/${name}`, { method: "POST", body: content })).status === 201;
  },
  async remove(name) {
    await fetch(`/${name}`, { method: "DELETE" });
  },
};

/** Every output that the browser gave this page, for the test to look for elsewhere. */
const outputs: string[] = [];
const platform = navigator.credentials;

function overheard(credential: Credential | null): Credential | null {
  const first = (credential as PublicKeyCredential).getClientExtensionResults().prf?.results?.first;
  if (first !== undefined) {
    outputs.push(hex(new Uint8Array(first as ArrayBuffer)));
  }
  return credential;
}

const credentials = {
  create: async (options?: CredentialCreationOptions) => overheard(await platform.create(options)),
  get: async (options?: CredentialRequestOptions) => overheard(await platform.get(options)),
};

/** What lib.dom does not know yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const { trustedTypes } = globalThis as unknown as { trustedTypes: TrustedTypes };
const trusted = trustedTypes.createPolicy("worker", {
  createScriptURL: (url) => {
    if (url !== workerAddress) {
      throw new TypeError("another script");
    }
    return url;
  },
});
const startWorker = () => new Worker(trusted.createScriptURL(workerAddress), { type: "module" });

let passkeys: Passkeys;
let client: VaultClient;

function open(node: string, fleetId: string) {
  const token = { issuerKey: new Uint8Array(32), rootSignature: new Uint8Array(64), jwt: "a.b.c" };
  client = new VaultClient({
    trust: pinnedFleet(unhex(fleetId) as Bytes),
    transport: httpsTransport([node]),
    login: deviceLogin("app", "alice", new Uint8Array(32).fill(7), async () => token),
    memory: new IndexedDbMemory(),
    stretching: argon2idInWorker(startWorker),
    policy: { ...POLICY_DEVELOPMENT, ksf: { memoryKibibytes: 19 << 10, passes: 2, lanes: 1 } },
  });
  passkeys = new Passkeys({ client, store, rp: { id: "localhost", name: "Example" }, credentials });
}

function plain(end: object): object {
  const secret = "secret" in end && end.secret instanceof BackupSecret ? hex(end.secret.copy()) : undefined;
  return JSON.parse(
    JSON.stringify({ ...end, secret }, (_, value) => (typeof value === "bigint" ? String(value) : value)),
  );
}

/** What the test calls in the page. */
const calls = {
  open,
  outputs: () => outputs,
  /** What becomes of a worker whose address no policy has looked at. */
  untrustedWorker: () => {
    try {
      new Worker(workerAddress, { type: "module" }).terminate();
      return "started";
    } catch (error) {
      return (error as Error).name;
    }
  },
  register: async (code: string, secret: string) =>
    plain(await client.enrol(RecoveryCode.chosen(code), BackupSecret.of(unhex(secret) as Bytes))),
  enrol: async (secret: string, name: string) => {
    const wish = { name, userName: "alice@app.example", besides: { kind: "code" } } as const;
    return plain(await passkeys.enrol(BackupSecret.of(unhex(secret) as Bytes), wish));
  },
  unlock: async () => plain(await passkeys.unlock()),
  list: async (secret: string) => plain(await passkeys.list(BackupSecret.of(unhex(secret) as Bytes))),
  revoke: async (slot: PasskeySlot, secret: string) =>
    plain(await passkeys.revoke(slot, { kind: "owner", secret: BackupSecret.of(unhex(secret) as Bytes) })),
};

export type Calls = typeof calls;

Object.assign(globalThis, { calls });
