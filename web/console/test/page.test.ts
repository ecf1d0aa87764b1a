import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Publisher } from "../../client/test/fleet/publisher.js";
import { shared } from "../../client/test/vectors.js";
import { configure, settingsOfHome } from "../configure.mjs";
import { fold } from "../fold.mjs";
import { unfold } from "../src/common-codes.js";
import { BadDeployment, parseDeployment } from "../src/deployment.js";
import { strengthOf, weaknessOf } from "../src/strength.js";
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
  expect(deployment.operations).toBe(true);
});

test("a deployment that is not whole says what is missing", () => {
  const whole = {
    vault: "Example",
    pin: "04".repeat(32),
    nodes: ["https://node1.example"],
    login: { tenant: "acme", address: "login" },
  };
  // What only whoever serves it for an operator says: a page for users has no such room.
  expect(parseDeployment(JSON.stringify({ ...whole, operations: "yes" })).operations).toBe(false);
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

const list = readFileSync(
  new URL("../../../client/src/main/resources/dev/coffer/client/secret/common-codes.txt", import.meta.url),
  "utf8",
);
const common = unfold(fold(list));

test("the page's list of common codes is the Java client's", () => {
  const words = list.split("\n").slice(2).join(" ").trim().split(" ");
  expect(words.length).toBeGreaterThan(25_000);
  expect(new Set(common)).toEqual(new Set(words));
});

test("what is weak about a code is what the Java client says", () => {
  const { cases } = shared<{ cases: { code: string; account: string; weakness: string }[] }>("code-strength");
  expect(cases.length).toBeGreaterThan(500);
  for (const { code, account, weakness } of cases) {
    const said = weaknessOf(code, account, common) ?? "";
    expect([code, account, said]).toEqual([code, account, weakness.toLowerCase().replace("_", "-")]);
  }
});

test("weak codes are called weak, for a reason, and none is called strong for its length alone", () => {
  const weak = {
    "345678": "counts",
    "alice 77": "name",
    "sunshine!": "common",
  };
  for (const [code, because] of Object.entries(weak)) {
    expect([code, strengthOf(code, "alice", common)]).toEqual([code, { word: "weak", because }]);
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
