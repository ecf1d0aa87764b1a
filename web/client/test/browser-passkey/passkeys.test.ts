import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Bytes, hex, unhex } from "../../src/codec/bytes.js";
import { BackupSecret, renderKey } from "../../src/index.js";
import { decodeUnlock, openCode } from "../../src/passkey/unlock-file.js";
import { bodyOf, CHROMIUM, Site, TRUSTED_TYPES } from "../browser/site.js";
import { MiniFleet } from "../fleet/mini-fleet.js";
import { MapUnlocks } from "../passkey/map-unlocks.js";
import type { Calls } from "./page.js";

if (CHROMIUM === undefined) {
  console.log("SKIPPED: no passkeys in a browser: there is no chromium here (Debian: chromium)");
}

type Told = Record<string, unknown> & { kind: string; whatToDoNext: string };

const fleet = new MiniFleet();
const unlocks = new MapUnlocks();
const site = new Site(fleet, serveUnlocks, TRUSTED_TYPES);
/** Address, headers and body of everything that left the page. */
const sent: Buffer[] = [];
let page: Page;
let devtools: CDPSession;
let authenticator: string;
let secret: BackupSecret;

/** An app's server that keeps unlock files. */
async function serveUnlocks(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const name = (request.url ?? "").slice(1);
  if (!name.startsWith("unlock/")) {
    return false;
  }
  const body = new Uint8Array(await bodyOf(request));
  if (name === "unlock/") {
    response.writeHead(200).end(JSON.stringify([...unlocks.objects.keys()]));
  } else if (request.method === "GET") {
    const found = await unlocks.get(name);
    response.writeHead(found === undefined ? 204 : 200).end(found);
  } else if (request.method === "POST") {
    response.writeHead((await unlocks.add(name, body)) ? 201 : 409).end();
  } else {
    await (request.method === "PUT" ? unlocks.put(name, body) : unlocks.remove(name));
    response.writeHead(204).end();
  }
  return true;
}

function call<K extends keyof Calls>(name: K, ...given: Parameters<Calls[K]>): Promise<Told> {
  return page.evaluate(
    ([one, all]) =>
      (globalThis as unknown as { calls: Record<string, (...a: unknown[]) => unknown> }).calls[one]?.(...all),
    [name, given] as const,
  ) as Promise<Told>;
}

interface Kind {
  readonly hasPrf?: boolean;
  readonly hasHmacSecret?: boolean;
  readonly isUserVerified?: boolean;
}

async function plugIn(kind: Kind): Promise<string> {
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...kind,
    },
  } as Parameters<typeof devtools.send<"WebAuthn.addVirtualAuthenticator">>[1]);
  return authenticatorId;
}

/** Another kind of authenticator in place of the one that is there. */
async function plug(kind: Kind): Promise<void> {
  await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: authenticator });
  authenticator = await plugIn(kind);
}

/** A device that knows nothing: its authenticator is all that is left. */
async function newDevice(): Promise<void> {
  await devtools.send("Storage.clearDataForOrigin", { origin: site.origin, storageTypes: "all" });
  await page.reload();
  await call("open", site.node, hex(fleet.fleet.id));
}

beforeAll(async () => {
  if (CHROMIUM === undefined) {
    return;
  }
  await site.build(fileURLToPath(new URL(".", import.meta.url)));
  page = await site.open();
  page.on("request", (request) => {
    sent.push(Buffer.from(JSON.stringify([request.url(), request.headers()])), request.postDataBuffer() ?? Buffer.of());
  });
  devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  authenticator = await plugIn({ hasPrf: true });
}, 300_000);

afterAll(() => site.close());

beforeEach(async () => {
  if (CHROMIUM === undefined) {
    return;
  }
  fleet.records.clear();
  unlocks.objects.clear();
  secret = BackupSecret.generate();
  await plug({ hasPrf: true });
  await newDevice();
  expect(await call("register", "violet kettle 84", hex(secret.copy()))).toMatchObject({ kind: "enrolled" });
});

const browser = test.skipIf(CHROMIUM === undefined);

browser("a passkey is set up, brings K back on a new device, and is revoked at the vault", async () => {
  const k = hex(secret.copy());
  expect(await call("enrol", k, "Laptop")).toMatchObject({ kind: "enrolled", slot: "passkey-1" });
  expect(await call("enrol", k, "Once more")).toMatchObject({ kind: "problem", problem: "made-before" });
  await newDevice();
  expect(await call("unlock")).toMatchObject({ kind: "recovered", secret: k, guessesLeft: 10 });
  expect(await call("list", k)).toMatchObject({ passkeys: [{ slot: "passkey-1", name: "Laptop" }], damaged: [] });
  const kept = unlocks.objects.get("unlock/passkey-1") as Bytes;
  expect(await call("revoke", "passkey-1", k)).toMatchObject({ kind: "revoked" });
  expect(await call("unlock")).toMatchObject({ problem: "no-passkeys", next: "never" });
  // The browser heard that the passkey opens nothing, and took it off the user's list.
  expect((await devtools.send("WebAuthn.getCredentials", { authenticatorId: authenticator })).credentials).toEqual([]);
  unlocks.objects.set("unlock/passkey-1", kept);
  expect(await call("unlock")).toMatchObject({ problem: "cancelled" });
  expect(site.complaints).toEqual([]);
});

browser("the page's policy asks for trusted types, under which the worker was started", async () => {
  const loaded = () => performance.getEntriesByType("resource").map(({ name }) => name);
  expect((await page.evaluate(loaded)).some((name) => name.includes("argon2id-worker"))).toBe(true);
  expect(await call("untrustedWorker")).toBe("TypeError");
  // Of that one the browser complains.
  expect(site.complaints.splice(0)).toHaveLength(1);
});

browser("a key that gives its secret at readings alone is read twice", async () => {
  await plug({ hasHmacSecret: true });
  expect(await call("enrol", hex(secret.copy()), "Key")).toMatchObject({ kind: "enrolled" });
  await newDevice();
  expect(await call("unlock")).toMatchObject({ kind: "recovered", secret: hex(secret.copy()) });
});

browser("an authenticator without a PRF makes no unlock", async () => {
  await plug({});
  expect(await call("enrol", hex(secret.copy()), "Key")).toMatchObject({ problem: "no-prf", leftover: true });
  expect([...unlocks.objects.keys()]).toEqual([]);
});

browser("a user who is not verified, or does not answer, gets told", async () => {
  await plug({ hasPrf: true, isUserVerified: false });
  expect(await call("enrol", hex(secret.copy()), "Key")).toMatchObject({ problem: "cancelled", next: "by-hand" });
  await plug({ hasPrf: true });
  expect(await call("enrol", hex(secret.copy()), "Key")).toMatchObject({ kind: "enrolled" });
  await plug({ hasPrf: true });
  // Another authenticator, which has none of them.
  expect(await call("unlock")).toMatchObject({ problem: "cancelled", leftover: false });
});

browser("a passkey that was copied without its secret opens nothing, and costs no guess", async () => {
  expect(await call("enrol", hex(secret.copy()), "Laptop")).toMatchObject({ kind: "enrolled" });
  const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId: authenticator });
  await plug({ hasPrf: true });
  for (const credential of credentials) {
    await devtools.send("WebAuthn.addCredential", { authenticatorId: authenticator, credential });
  }
  await newDevice();
  fleet.seen.length = 0;
  const end = await call("unlock");
  expect(["prf-missing", "changed"]).toContain(end.problem);
  expect(end.whatToDoNext).toContain("recovery code");
  expect(fleet.seen).toEqual([]);
});

browser("nothing that left the page holds an output, the code, K or its digits", async () => {
  sent.length = 0;
  const k = hex(secret.copy());
  expect(await call("enrol", k, "Laptop")).toMatchObject({ kind: "enrolled" });
  const outputs = [...((await call("outputs")) as unknown as string[])];
  await newDevice();
  expect(await call("unlock")).toMatchObject({ kind: "recovered" });
  outputs.push(...((await call("outputs")) as unknown as string[]));
  // At creation, at the second reading, and on the new device: the same each time.
  expect(outputs).toHaveLength(3);
  expect(new Set(outputs).size).toBe(1);
  const file = decodeUnlock(unlocks.objects.get("unlock/passkey-1") as Bytes, "passkey-1");
  const output = unhex(outputs[0] as string) as Bytes;
  const code = file && (await openCode(output, { tenant: "app", account: "alice" }, file));
  expect(code).toHaveLength(32);
  const everything = Buffer.concat(sent).toString("latin1");
  const forms = (octets: Uint8Array) => {
    const buffer = Buffer.from(octets);
    const base64 = buffer.toString("base64").replace(/=+$/, "");
    return [buffer.toString("latin1"), buffer.toString("hex"), buffer.toString("base64url"), base64];
  };
  for (const form of [...[output, code as Bytes, secret.copy()].flatMap(forms), renderKey(secret), "violet kettle"]) {
    expect(everything.includes(form)).toBe(false);
  }
  expect(everything.includes(Buffer.from(file?.head.credentialId as Bytes).toString("latin1"))).toBe(true);
  expect(site.complaints).toEqual([]);
});
