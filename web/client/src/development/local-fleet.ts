import { readFileSync } from "node:fs";
import { join } from "node:path";
import { httpsTransport } from "../client/https-transport.js";
import { POLICY_DEVELOPMENT } from "../client/policy.js";
import type { VaultClientOptions } from "../client/vault-client.js";
import { type Bytes, invariant } from "../codec/bytes.js";
import { overTheAir } from "../index.js";
import { developmentLogin } from "./issuer.js";

/** A fleet that `coffer up` founded on this machine. Its HSMs are SIMULATED; whoever reads its folder logs in as anybody. */

function seed(home: string, name: string): Bytes {
  const octets = new Uint8Array(readFileSync(join(home, "issuer", name)));
  invariant(octets.length === 32, `a seed of 32 octets in issuer/${name}`);
  return octets;
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
  return {
    trust: overTheAir(readFileSync(join(home, "trust", "trust-policy.note"), "utf8")),
    transport: httpsTransport(nodes),
    login: developmentLogin(account, deviceSeed, () => ({
      root: seed(home, "root.key"),
      issuer: seed(home, "issuer.key"),
    })),
    policy: POLICY_DEVELOPMENT,
  };
}
