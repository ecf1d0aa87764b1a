import { type Anchor, type Bytes, overTheAir, pinnedFleet, unhex } from "@coffer/client";

/** Which vault the page is for: what `console.json` beside it says. */
export interface Deployment {
  /** What the vault is called on the page. */
  readonly vault: string;
  readonly trust: Anchor;
  /** The text of the trust policy; none where a fleet is pinned. */
  readonly policy: string | undefined;
  readonly nodes: readonly string[];
  readonly login: LoginSource;
  /** Where the app's server keeps unlock files of passkeys, for whoever is logged in; without it there are no passkeys. */
  readonly unlocks: string | undefined;
  /** Where the app's server keeps the backups of whoever is logged in; without it they go into the user's own folder. */
  readonly backups: string | undefined;
  /** Whether `coffer operations` serves this page: then its room is beside it. */
  readonly operations: boolean;
}

export type LoginSource =
  /** The app's own server, for whoever is logged in there. */
  | { readonly kind: "server"; readonly tenant: string; readonly address: string }
  /** The keys of a development issuer, as hexadecimal: whoever reads them logs in as anybody. */
  | { readonly kind: "development"; readonly root: Bytes; readonly issuer: Bytes };

/** `console.json` is not as it should be; the message says where, and what to do. */
export class BadDeployment extends Error {
  constructor(what: string) {
    super(`console.json: ${what} (web/console/README.md).`);
    this.name = "BadDeployment";
  }
}

const NODES_MAX = 7;

type Json = Readonly<Record<string, unknown>>;

function record(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadDeployment(`${what} has to be an object`);
  }
  return value as Json;
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string" || value === "") {
    throw new BadDeployment(`${what} has to be a text`);
  }
  return value;
}

function octets(value: unknown, what: string): Bytes {
  const read = unhex(text(value, what));
  if (read?.length !== 32) {
    throw new BadDeployment(`${what} has to be 64 hexadecimal digits`);
  }
  return read as Bytes;
}

function trustOf(json: Json): Anchor {
  if ((json.policy === undefined) === (json.pin === undefined)) {
    throw new BadDeployment("policy or pin has to be there, and not both");
  }
  if (json.pin !== undefined) {
    return pinnedFleet(octets(json.pin, "pin"));
  }
  const policy = text(json.policy, "policy");
  try {
    return overTheAir(policy);
  } catch {
    throw new BadDeployment("policy is no trust policy: take the whole text of trust-policy.note");
  }
}

function loginOf(json: Json): LoginSource {
  if (json.development !== undefined) {
    const keys = record(json.development, "login.development");
    const root = octets(keys.root, "login.development.root");
    return { kind: "development", root, issuer: octets(keys.issuer, "login.development.issuer") };
  }
  return { kind: "server", tenant: text(json.tenant, "login.tenant"), address: text(json.address, "login.address") };
}

/** @throws BadDeployment if it is not as README.md says */
export function parseDeployment(content: string): Deployment {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new BadDeployment("this is no JSON");
  }
  const json = record(value, "it");
  const { nodes } = json;
  if (!Array.isArray(nodes) || nodes.length === 0 || nodes.length > NODES_MAX) {
    throw new BadDeployment("nodes has to be a list of one to seven addresses");
  }
  return {
    vault: text(json.vault, "vault"),
    trust: trustOf(json),
    policy: json.pin === undefined ? text(json.policy, "policy") : undefined,
    nodes: nodes.map((node, at) => text(node, `nodes[${at}]`)),
    login: loginOf(record(json.login, "login")),
    unlocks: json.unlocks === undefined ? undefined : text(json.unlocks, "unlocks"),
    backups: json.backups === undefined ? undefined : text(json.backups, "backups"),
    operations: json.operations === true,
  };
}
