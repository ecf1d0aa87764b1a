// The built client behind a line of JSON a call, for the Java tests that put it to a real fleet. Secrets pass in the
// clear here, which no app does.
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { BackupRepository, backUp, DamagedObject } from "../../dist/backup/index.js";
import { text as decodeUtf8 } from "../../dist/codec/bytes.js";
import { Rejected } from "../../dist/codec/rejected.js";
import { verify } from "../../dist/crypto/ed25519.js";
import { decodeElement, encodeElement } from "../../dist/crypto/oprf.js";
import {
  BackupSecret,
  deviceLogin,
  hex,
  httpsTransport,
  POLICY_DEVELOPMENT,
  pinnedFleet,
  RecoveryCode,
  UnacceptableCode,
  unhex,
  VaultClient,
} from "../../dist/index.js";
import { FileMemory } from "../../dist/node.js";
import { Passkeys } from "../../dist/passkey/index.js";
import { decodeAnswer, decodeDelivery, unpadReply } from "../../dist/protocol/answer.js";
import { decodeFleet } from "../../dist/protocol/fleet.js";
import {
  decodeAttemptPayload,
  decodeSuccessPayload,
  encodeAttemptPayload,
  encodeOutcome,
} from "../../dist/protocol/outcome.js";
import { decodeRequest, encodeRequest } from "../../dist/protocol/request.js";
import { parseBundle } from "../../dist/transparency/bundle.js";
import { decodeNote } from "../../dist/transparency/note.js";
import { decodePolicy } from "../../dist/transparency/policy.js";
import { decodeText, Refused } from "../../dist/transparency/text.js";
import { decodeProof } from "../../dist/transparency/tlog.js";
import { parseTrustPolicy, trustPolicyHash } from "../../dist/transparency/trust-policy.js";
import { Passkey, Unlocks } from "./passkey.mjs";

const clients = new Map();
/** Passkeys and unlock files by account: what a user carries, and what the app's server keeps. */
const carried = new Map();

const text = (octets) => decodeText(octets, "fuzzed");

/** Readers of hostile octets, by the names that the Java fuzzer uses. Each gives what it read, in one line. */
const readers = {
  fleet: (octets) => hex(decodeFleet(octets).id),
  answer: (octets) => `${decodeAnswer(octets).replies.length}`,
  delivery: (octets) => `${decodeDelivery(octets).certificates.length}`,
  reply: (octets) => hex(encodeOutcome(unpadReply(octets).outcome)),
  "attempt-payload": (octets) => hex(encodeAttemptPayload(decodeAttemptPayload(octets))),
  "success-payload": (octets) => `${decodeSuccessPayload(octets).history.length}`,
  request: (octets) => hex(encodeRequest(decodeRequest(octets))),
  note: (octets) => `${decodeNote(octets).signatures.length}`,
  bundle: (octets) => `${parseBundle(text(octets)).epoch}`,
  "trust-policy": (octets) => hex(trustPolicyHash(parseTrustPolicy(text(octets)))),
  proof: (octets) => `${decodeProof(octets).index}`,
  policy: (octets) => decodePolicy(octets).quorum,
  element: (octets) => hex(encodeElement(decodeElement(octets))),
  /** key ‖ signature ‖ message */
  signature: (octets) => (verify(octets.slice(0, 32), octets.slice(96), octets.slice(32, 96)) ? "holds" : refuse()),
  code: (octets) => {
    const typed = decodeUtf8(octets);
    return typed === undefined ? refuse() : hex(RecoveryCode.chosen(typed).normalised());
  },
};

function refuse() {
  throw new Rejected("BAD_TEXT", "refused");
}

function read(kind, octets) {
  try {
    return `= ${readers[kind](octets)}`;
  } catch (error) {
    const refused = error instanceof Rejected || error instanceof Refused || error instanceof UnacceptableCode;
    return refused ? "refused" : `threw ${error?.stack}`;
  }
}

function open({ name, endpoints, fleetId, tenant, account, deviceSeed, issuerKey, rootSignature, jwt, memory }) {
  const token = { issuerKey: unhex(issuerKey), rootSignature: unhex(rootSignature), jwt };
  const client = new VaultClient({
    trust: pinnedFleet(unhex(fleetId)),
    transport: httpsTransport(endpoints),
    login: deviceLogin(tenant, account, unhex(deviceSeed), async () => token),
    memory: new FileMemory(memory),
    policy: { ...POLICY_DEVELOPMENT, ksf: { memoryKibibytes: 19 << 10, passes: 2, lanes: 1 } },
  });
  clients.set(name, client);
  return { kind: "opened" };
}

/** A repository in a folder. */
function folder(root) {
  return {
    async get(name) {
      try {
        return new Uint8Array(readFileSync(join(root, name)));
      } catch {
        return undefined;
      }
    },
    async put(name, content) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    },
    async *list(prefix) {
      mkdirSync(root, { recursive: true });
      const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      yield* names
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
        .filter((name) => name.startsWith(prefix))
        .map((name) => ({ name, size: lstatSync(join(root, name)).size }));
    },
  };
}

/** A line for each entry of the newest snapshot. */
async function readBackup({ folder: root, secret }) {
  const repository = await BackupRepository.open(folder(root), BackupSecret.of(unhex(secret)));
  if (repository === undefined) {
    return { kind: "no-repository" };
  }
  const { snapshots, damaged } = await repository.snapshots();
  const problems = [];
  const entries = [];
  for await (const entry of repository.entries(snapshots[0], ({ sentence }) => problems.push(sentence))) {
    entries.push(await describe(repository, entry));
  }
  const { pages: _, ...newest } = snapshots[0];
  return { kind: "read", snapshots: snapshots.length, damaged, newest, problems, entries };
}

async function describe(repository, entry) {
  if (entry.kind === "link") {
    return `l ${entry.path.text} ${Buffer.from(entry.target).toString("utf8")}`;
  }
  if (entry.kind === "omitted") {
    return `n ${entry.path.text} ${entry.reason}`;
  }
  const attributes = `${entry.mode.toString(8)} ${entry.modified.seconds}.${String(entry.modified.nanos).padStart(9, "0")}`;
  if (entry.kind === "directory") {
    return `d ${entry.path.text} ${attributes}`;
  }
  const hash = createHash("sha256");
  try {
    for await (const part of repository.content(entry)) {
      hash.update(part);
    }
  } catch (error) {
    if (error instanceof DamagedObject) {
      return `f ${entry.path.text} damaged`;
    }
    throw error;
  }
  return `f ${entry.path.text} ${attributes} ${entry.size} ${hash.digest("hex")}`;
}

/** What lies below a folder, in the order of paths. */
function* walk(root, path = ".") {
  const at = join(root, path);
  const found = lstatSync(at, { bigint: true });
  const modified = { seconds: Number(found.mtimeNs / 1000000000n), nanos: Number(found.mtimeNs % 1000000000n) };
  const mode = Number(found.mode & 0o7777n);
  if (found.isSymbolicLink()) {
    yield { kind: "link", path, target: readlinkSync(at) };
  } else if (found.isFile()) {
    yield { kind: "file", path, mode, modified, content: [new Uint8Array(readFileSync(at))] };
  } else {
    yield { kind: "directory", path, mode, modified };
    const names = readdirSync(at).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const name of names) {
      yield* walk(root, path === "." ? name : `${path}/${name}`);
    }
  }
}

async function writeBackup({ folder: root, secret, source }) {
  const { pages, ...snapshot } = await backUp(folder(root), BackupSecret.of(unhex(secret)), source, walk(source));
  return { kind: "written", snapshot, pages: pages.length };
}

function authority({ authority: kind, owner }) {
  return kind === "owner" ? { kind, secret: BackupSecret.of(unhex(owner)) } : { kind };
}

function passkeys(client) {
  const { account } = client.owner;
  const { credentials, store } = carried.get(account) ?? { credentials: new Passkey(), store: new Unlocks() };
  carried.set(account, { credentials, store });
  return new Passkeys({ client, store, credentials, rp: { id: "app.example", name: "Example" } });
}

async function run(call) {
  const client = clients.get(call.name);
  switch (call.op) {
    case "registered":
      return client.registered({ slot: call.slot });
    case "enrol-passkey": {
      const wish = { name: "Laptop", userName: call.name, besides: { kind: "code" } };
      return passkeys(client).enrol(BackupSecret.of(unhex(call.secret)), wish);
    }
    case "unlock":
      return passkeys(client).unlock();
    case "list-passkeys":
      return passkeys(client).list(BackupSecret.of(unhex(call.secret)));
    case "revoke-passkey":
      return passkeys(client).revoke(call.slot, authority(call));
    case "open":
      return open(call);
    case "enrol":
      return client.enrol(RecoveryCode.chosen(call.code), BackupSecret.of(unhex(call.secret)), authority(call));
    case "recover":
      return client.recover(RecoveryCode.typed(call.code));
    case "forget":
      return client.forget(authority(call));
    case "status":
      return client.status();
    case "read":
      return { kind: "read", results: call.octets.map((octets) => read(call.reader, unhex(octets))) };
    case "write-backup":
      return writeBackup(call);
    case "read-backup":
      return readBackup(call);
    default:
      throw new Error(`no such call: ${call.op}`);
  }
}

function plain(_, value) {
  if (value instanceof BackupSecret) {
    return Buffer.from(value.copy()).toString("hex");
  }
  return typeof value === "bigint"
    ? Number(value)
    : value instanceof Uint8Array
      ? Buffer.from(value).toString("hex")
      : value;
}

/** A secret turns itself into "redacted" before a replacer sees it, so it is taken out first. */
function told(result) {
  const secret = result.secret instanceof BackupSecret ? Buffer.from(result.secret.copy()).toString("hex") : undefined;
  return JSON.stringify({ ...result, fleet: undefined, secret }, plain);
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(told(await run(JSON.parse(line))));
  } catch (error) {
    console.log(JSON.stringify({ kind: "threw", message: String(error?.stack ?? error) }));
  }
}
