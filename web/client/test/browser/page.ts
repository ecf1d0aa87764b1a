import {
  BackupSecret,
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

/** What the test calls in the page: one recovery, with everything as an app would have it. */
async function recover(node: string, fleetId: string, code: string) {
  const token = { issuerKey: new Uint8Array(32), rootSignature: new Uint8Array(64), jwt: "a.b.c" };
  const client = new VaultClient({
    trust: pinnedFleet(unhex(fleetId) as Uint8Array<ArrayBuffer>),
    transport: httpsTransport([node]),
    login: deviceLogin("app", "alice", new Uint8Array(32).fill(7), async () => token),
    memory: new IndexedDbMemory(),
    policy: POLICY_DEVELOPMENT,
  });
  const fractions: number[] = [];
  const end = await client.recover(RecoveryCode.typed(code), {
    onProgress: (progress) => {
      if (progress.step === "stretching") {
        fractions.push(progress.fraction);
      }
    },
  });
  const secret = end.kind === "recovered" ? hex(end.secret.copy()) : "";
  return { kind: end.kind, whatToDoNext: end.whatToDoNext, secret, fractions, known: BackupSecret !== undefined };
}

Object.assign(globalThis, { recover });
