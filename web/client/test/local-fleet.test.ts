import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bytes, utf8 } from "../src/codec/bytes.js";
import { tuple } from "../src/codec/label.js";
import { publicKey, verify } from "../src/crypto/ed25519.js";
import { localFleet } from "../src/node.js";
import { Publisher } from "./fleet/publisher.js";

const ROOT = new Uint8Array(32).fill(1);
const ISSUER = new Uint8Array(32).fill(2);
const DEVICE = new Uint8Array(32).fill(3);
const FLEET = new Uint8Array(32).fill(4);

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "coffer-home-"));
  mkdirSync(join(home, "issuer"));
  mkdirSync(join(home, "trust"));
  writeFileSync(join(home, "issuer/root.key"), ROOT);
  writeFileSync(join(home, "issuer/issuer.key"), ISSUER);
  writeFileSync(join(home, "trust/trust-policy.note"), new Publisher(1_800_000_000).policyText);
  // As Java writes properties, with what it escapes.
  writeFileSync(
    join(home, "fleet.properties"),
    "#Mon Nov 30\npin=04\nnodes=https\\://127.0.0.1\\:4001 https\\://127.0.0.1\\:4005\n",
  );
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const read = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));

test("logins are signed by the issuer that the tenant's root certified, for that fleet, account and device", async () => {
  const { login, policy, transport, trust } = localFleet(home, "alice", DEVICE);
  expect(trust.kind).toBe("roots");
  expect(policy?.floor.simulatedAllowed).toBe(true);
  expect(transport.address()).toBe("https://127.0.0.1:4001 https://127.0.0.1:4005");
  expect([login.tenant, login.account]).toEqual(["local", "alice"]);
  const { issuerKey, rootSignature, jwt } = await login.token(FLEET, false);
  expect(issuerKey).toEqual(publicKey(ISSUER));
  expect(verify(publicKey(ROOT), tuple("issuer-certificate", "local", issuerKey).bytes(), rootSignature)).toBe(true);
  const [header, claims, signature] = jwt.split(".");
  const signed = new Uint8Array(Buffer.from(signature ?? "", "base64url")) as Bytes;
  expect(verify(issuerKey, utf8(`${header}.${claims}`), signed)).toBe(true);
  expect(read(header)).toEqual({ alg: "EdDSA", typ: "JWT" });
  const x = Buffer.from(publicKey(DEVICE)).toString("base64url");
  expect(read(claims)).toMatchObject({
    sub: "alice",
    aud: "04".repeat(32),
    tenant: "local",
    cnf: { jwk: { kty: "OKP", crv: "Ed25519", x } },
  });
});

test("a folder without a fleet, or with damaged keys, is no fleet", async () => {
  writeFileSync(join(home, "issuer/root.key"), "short");
  await expect(localFleet(home, "alice", DEVICE).login.token(FLEET, false)).rejects.toThrow("issuer/root.key");
  writeFileSync(join(home, "fleet.properties"), "pin=04\n");
  expect(() => localFleet(home, "alice", DEVICE)).toThrow("fleet.properties");
});
