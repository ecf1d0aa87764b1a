import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Publisher } from "../../client/test/fleet/publisher.js";
import { configure, settingsOfHome } from "../configure.mjs";
import { BadDeployment, parseDeployment } from "../src/deployment.js";
import { strengthOf } from "../src/strength.js";
import { stringsFor } from "../src/strings/strings.js";
import { accountAt, serverLogin, serverUnlocks } from "../src/vault.js";

/** What the page is told, and what it says of codes. */

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "coffer-console-"));
  mkdirSync(join(home, "issuer"));
  mkdirSync(join(home, "trust"));
  writeFileSync(join(home, "issuer/root.key"), new Uint8Array(32).fill(1));
  writeFileSync(join(home, "issuer/issuer.key"), new Uint8Array(32).fill(2));
  writeFileSync(join(home, "trust/trust-policy.note"), new Publisher(1_800_000_000).policyText);
  writeFileSync(join(home, "fleet.properties"), "#Mon\nnodes=https\\://127.0.0.1\\:4001 https\\://127.0.0.1\\:4005\n");
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

test("the folder of coffer up becomes a deployment, and its nodes the only ones that the page may ask", () => {
  writeFileSync(join(home, "index.html"), readFileSync(new URL("../index.html", import.meta.url)));
  const header = configure(home, settingsOfHome(home));
  // Once more, as for another vault: nothing of the first stays.
  expect(configure(home, settingsOfHome(home))).toBe(header);
  expect(header).toContain("default-src 'none'");
  expect(header).toContain("connect-src 'self' https://127.0.0.1:4001 https://127.0.0.1:4005;");
  expect(readFileSync(join(home, "index.html"), "utf8")).toContain("connect-src 'self' https://127.0.0.1:4001");
  const deployment = parseDeployment(readFileSync(join(home, "console.json"), "utf8"));
  expect(deployment.trust.kind).toBe("roots");
  expect(deployment.nodes).toEqual(["https://127.0.0.1:4001", "https://127.0.0.1:4005"]);
  expect(deployment.login).toMatchObject({ kind: "development", issuer: new Uint8Array(32).fill(2) });
});

test("a deployment that is not whole says what is missing", () => {
  const whole = {
    vault: "Example",
    pin: "04".repeat(32),
    nodes: ["https://node1.example"],
    login: { tenant: "acme", address: "login" },
  };
  expect(parseDeployment(JSON.stringify(whole)).login).toEqual({ kind: "server", tenant: "acme", address: "login" });
  const faults: readonly (readonly [object, string])[] = [
    [{ vault: "" }, "vault"],
    [{ pin: "04" }, "pin"],
    [{ policy: "text" }, "policy or pin"],
    [{ pin: undefined }, "policy or pin"],
    [{ pin: undefined, policy: "text" }, "trust-policy.note"],
    [{ nodes: [] }, "nodes"],
    [{ login: { tenant: "acme" } }, "login.address"],
    [{ login: { development: { root: "00", issuer: "00" } } }, "login.development.root"],
  ];
  for (const [fault, said] of faults) {
    const parse = () => parseDeployment(JSON.stringify({ ...whole, ...fault }));
    expect(parse).toThrow(BadDeployment);
    expect(parse).toThrow(said);
  }
  expect(() => parseDeployment("<html>")).toThrow("no JSON");
});

test("the app's server says whose login it is, and gives one for this device and fleet", async () => {
  const asked: unknown[] = [];
  const given = { issuerKey: "01".repeat(32), rootSignature: "02".repeat(64), jwt: "a.b.c" };
  const server = (answer: object, status = 200): typeof fetch => {
    return async (_, init) => {
      asked.push(init?.body === undefined ? undefined : JSON.parse(String(init.body)));
      return new Response(JSON.stringify(answer), { status });
    };
  };
  expect(await accountAt("login", server({ account: "alice" }))).toBe("alice");
  expect(await accountAt("login", server({}, 401))).toBeUndefined();
  await expect(accountAt("login", server({}, 500))).rejects.toThrow("500");
  const fleet = new Uint8Array(32).fill(4);
  const login = serverLogin("acme", "login", "alice", new Uint8Array(32).fill(7), server(given));
  expect(await login.token(fleet, true)).toEqual({
    issuerKey: new Uint8Array(32).fill(1),
    rootSignature: new Uint8Array(64).fill(2),
    jwt: "a.b.c",
  });
  expect(asked.at(-1)).toMatchObject({
    fleet: "04".repeat(32),
    fresh: true,
    device: expect.stringMatching(/^\w{64}$/),
  });
  const short = serverLogin("acme", "login", "alice", fleet, server({ ...given, issuerKey: "01" }));
  await expect(short.token(fleet, false)).rejects.toThrow("no login");
});

test("the app's server keeps unlock files: what is missing, taken or refused is told apart", async () => {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const server: typeof fetch = async (input, init) => {
    const name = String(input).replace("passkeys/", "");
    const { method = "GET", body } = init ?? {};
    if (name === "unlock/") {
      return Response.json([...kept.keys()]);
    }
    if (method === "GET") {
      const found = kept.get(name);
      return new Response(found ?? null, { status: found === undefined ? 404 : 200 });
    }
    const taken = method === "POST" && kept.has(name);
    if (!taken && method !== "DELETE") {
      kept.set(name, body as Uint8Array<ArrayBuffer>);
    } else if (method === "DELETE") {
      kept.delete(name);
    }
    return new Response(null, { status: taken ? 409 : 204 });
  };
  const store = serverUnlocks("passkeys/", server);
  const [first, second] = [new Uint8Array([1]), new Uint8Array([2, 2])];
  expect(await store.get("unlock/passkey-1", 10)).toBeUndefined();
  expect(await store.add("unlock/passkey-1", first)).toBe(true);
  expect(await store.add("unlock/passkey-1", second)).toBe(false);
  expect(await store.get("unlock/passkey-1", 10)).toEqual(first);
  await store.put("unlock/passkey-1", second);
  expect(await store.get("unlock/passkey-1", 10)).toEqual(second);
  await expect(store.get("unlock/passkey-1", 1)).rejects.toThrow("small");
  const names: unknown[] = [];
  for await (const name of store.list("unlock/")) {
    names.push(name);
  }
  expect(names).toEqual(["unlock/passkey-1"]);
  await store.remove("unlock/passkey-1");
  expect(kept.size).toBe(0);
  const refusing = serverUnlocks("passkeys/", async () => new Response(null, { status: 403 }));
  await expect(refusing.add("unlock/passkey-1", first)).rejects.toThrow("403");
  await expect(refusing.get("unlock/passkey-1", 10)).rejects.toThrow("403");
  const page = serverUnlocks("passkeys/", async () => Response.json({ not: "a list" }));
  await expect(async () => {
    for await (const _ of page.list("unlock/")) {
      throw new Error("nothing is in it");
    }
  }).rejects.toThrow("a list of names");
});

test("weak codes are called weak, for a reason, and none is called strong for its length alone", () => {
  const weak = {
    "11 11 11": "one-character",
    "345678": "counts",
    fedcba: "counts",
    "4711-4711": "repeats",
    "24.12.1999": "date",
    "19991224": "date",
    "123123": "repeats",
    qwertzuiop: "keyboard",
    "alice 77": "account",
  };
  for (const [code, because] of Object.entries(weak)) {
    expect([code, strengthOf(code, "alice")]).toEqual([code, { word: "weak", because }]);
  }
  expect(strengthOf("840261", "alice").word).toBe("fair");
  // Two words and two digits are days of search for who has broken the HSMs.
  expect(strengthOf("violet kettle 84", "alice").word).toBe("fair");
  expect(strengthOf("violet violet violet violet", "alice").word).toBe("fair");
  expect(strengthOf("violet kettle harbour moss", "alice").word).toBe("strong");
  expect(strengthOf("q7Rw0xLm2VzT9k", "alice").word).toBe("strong");
  expect(strengthOf("aaaaaaaaaaaaaaaaaab", "alice").word).toBe("fair");
});

test("the browser's languages choose the page's, and English is for all others", () => {
  expect(stringsFor(["de-AT", "en"]).language).toBe("de");
  expect(stringsFor(["fr", "DE"]).language).toBe("de");
  expect(stringsFor(["fr-CH"]).language).toBe("en");
  expect(stringsFor([]).language).toBe("en");
});
