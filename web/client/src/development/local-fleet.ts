import { readFileSync } from "node:fs";
import { join } from "node:path";
import { httpsTransport } from "../client/https-transport.js";
import { POLICY_DEVELOPMENT } from "../client/policy.js";
import { deviceLogin } from "../client/ports.js";
import type { VaultClientOptions } from "../client/vault-client.js";
import { type Bytes, hex, invariant, utf8, wipe } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { publicKey, sign } from "../crypto/ed25519.js";
import { overTheAir } from "../index.js";
import type { LoginToken } from "../protocol/login.js";

/** A fleet that `coffer up` founded on this machine. Its HSMs are SIMULATED; whoever reads its folder logs in as anybody. */

const TENANT = "local";
const VALID_SECONDS = 900;

function base64url(octets: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...octets));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function seed(home: string, name: string): Bytes {
  const octets = new Uint8Array(readFileSync(join(home, "issuer", name)));
  invariant(octets.length === 32, `a seed of 32 octets in issuer/${name}`);
  return octets;
}

/** A login as the development issuer gives it (PROTOCOL.md §4.4). */
function login(home: string, account: string, fleetId: Bytes, deviceKey: Bytes, now: number): LoginToken {
  const root = seed(home, "root.key");
  const issuer = seed(home, "issuer.key");
  const jwk = { kty: "OKP", crv: "Ed25519", x: base64url(deviceKey) };
  const claims = {
    sub: account,
    aud: hex(fleetId),
    exp: now + VALID_SECONDS,
    iat: now,
    tenant: TENANT,
    cnf: { jwk },
  };
  const parts = [{ alg: "EdDSA", typ: "JWT" }, claims].map((part) => base64url(utf8(JSON.stringify(part))));
  const signed = parts.join(".");
  const issuerKey = publicKey(issuer);
  const rootSignature = sign(root, tuple("issuer-certificate", TENANT, issuerKey).bytes());
  const jwt = `${signed}.${base64url(sign(issuer, utf8(signed)))}`;
  wipe(root, issuer);
  return { issuerKey, rootSignature, jwt };
}

/** What `fleet.properties` says under a name. */
function property(text: string, name: string): string {
  const line = text.split(/\r?\n/).find((one) => one.startsWith(`${name}=`));
  invariant(line !== undefined, `a line ${name}=… in fleet.properties`);
  return line.slice(name.length + 1).replaceAll("\\", "");
}

/**
 * What a client of the fleet in that folder is made with, but for its memory: trust over the air, its nodes, logins of that
 * account, and the policy that lets SIMULATED pass. Node.js takes its nodes' certificates with `NODE_EXTRA_CA_CERTS`.
 *
 * @param home the folder of `coffer up --home`
 * @param deviceSeed 32 random octets that this device keeps
 * @throws Error if no fleet is in that folder
 */
export function localFleet(
  home: string,
  account: string,
  deviceSeed: Bytes,
): Pick<VaultClientOptions, "trust" | "transport" | "login" | "policy"> {
  const nodes = property(readFileSync(join(home, "fleet.properties"), "utf8"), "nodes").split(" ");
  const seconds = () => Math.floor(Date.now() / 1000);
  return {
    trust: overTheAir(readFileSync(join(home, "trust", "trust-policy.note"), "utf8")),
    transport: httpsTransport(nodes),
    login: deviceLogin(TENANT, account, deviceSeed, async (fleetId, deviceKey) =>
      login(home, account, fleetId, deviceKey, seconds()),
    ),
    policy: POLICY_DEVELOPMENT,
  };
}
