import { deviceLogin, type LoginProvider } from "../client/ports.js";
import { type Bytes, hex, utf8, wipe } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { publicKey, sign } from "../crypto/ed25519.js";
import type { LoginToken } from "../protocol/login.js";

/** The development issuer of a vault that `coffer up` founded. Whoever has its keys logs in as anybody. */

export const DEVELOPMENT_TENANT = "local";
const VALID_SECONDS = 900;

/** The seeds (32 octets each) of the tenant's root and of the key that signs logins. */
export interface IssuerSeeds {
  readonly root: Bytes;
  readonly issuer: Bytes;
}

function base64url(octets: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...octets));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A login as the development issuer gives it (PROTOCOL.md §4.4). */
function token(seeds: IssuerSeeds, account: string, fleetId: Bytes, deviceKey: Bytes, now: number): LoginToken {
  const jwk = { kty: "OKP", crv: "Ed25519", x: base64url(deviceKey) };
  const claims = {
    sub: account,
    aud: hex(fleetId),
    exp: now + VALID_SECONDS,
    iat: now,
    tenant: DEVELOPMENT_TENANT,
    cnf: { jwk },
  };
  const parts = [{ alg: "EdDSA", typ: "JWT" }, claims].map((part) => base64url(utf8(JSON.stringify(part))));
  const signed = parts.join(".");
  const issuerKey = publicKey(seeds.issuer);
  const rootSignature = sign(seeds.root, tuple("issuer-certificate", DEVELOPMENT_TENANT, issuerKey).bytes());
  const jwt = `${signed}.${base64url(sign(seeds.issuer, utf8(signed)))}`;
  return { issuerKey, rootSignature, jwt };
}

/**
 * Logins of that account, signed here and now by the development issuer.
 *
 * @param deviceSeed 32 random octets that this device keeps
 * @param seeds read at each login, and wiped after it
 */
export function developmentLogin(account: string, deviceSeed: Bytes, seeds: () => IssuerSeeds): LoginProvider {
  return deviceLogin(DEVELOPMENT_TENANT, account, deviceSeed, async (fleetId, deviceKey) => {
    const read = seeds();
    try {
      return token(read, account, fleetId, deviceKey, Math.floor(Date.now() / 1000));
    } finally {
      wipe(read.root, read.issuer);
    }
  });
}
