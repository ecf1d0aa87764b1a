import { beforeEach, describe, expect, test } from "vitest";
import { directoryAddresses, httpsTransport } from "../src/client/https-transport.js";
import type { VaultTransport } from "../src/client/ports.js";
import { hex, utf8 } from "../src/codec/bytes.js";
import { sha256 } from "../src/crypto/hash.js";
import {
  BackupSecret,
  deviceLogin,
  MapMemory,
  overTheAir,
  POLICY_DEVELOPMENT,
  RecoveryCode,
  VaultClient,
} from "../src/index.js";
import type { FleetState } from "../src/transparency/bundle.js";
import { MiniFleet } from "./fleet/mini-fleet.js";
import { Publisher } from "./fleet/publisher.js";

const NOW = 1_800_000_000;
const TOKEN = { issuerKey: new Uint8Array(32), rootSignature: new Uint8Array(64), jwt: "a.b.c" };
const code = () => RecoveryCode.chosen("violet kettle 84");

/** Two fleets, where each one's nodes know the way to the other. */
class World {
  readonly publisher = new Publisher(NOW);
  readonly blue = new MiniFleet();
  readonly green = new MiniFleet();
  readonly #ways = new Map<string, VaultTransport>();
  memory = new MapMemory();
  now = NOW;

  constructor() {
    this.#ways.set(hex(this.blue.fleet.id), this.blue.transport("https://blue.example", this.#ways));
    this.#ways.set(hex(this.green.fleet.id), this.green.transport("https://green.example", this.#ways));
  }

  publish(blue: FleetState, green?: FleetState): void {
    const fleets = [[this.blue.fleet, blue] as const];
    const notes = this.publisher.publish(green === undefined ? fleets : [...fleets, [this.green.fleet, green]]);
    this.blue.notes = notes;
    this.green.notes = notes;
  }

  client(at: MiniFleet = this.blue, memory = this.memory): VaultClient {
    return new VaultClient({
      trust: overTheAir(this.publisher.policyText),
      transport: this.#ways.get(hex(at.fleet.id)) as VaultTransport,
      login: deviceLogin("app", "alice", new Uint8Array(32).fill(7), async () => TOKEN),
      memory,
      policy: POLICY_DEVELOPMENT,
      pause: async () => undefined,
      seconds: () => this.now,
      stretching: async (output, salt) => new Uint8Array([...sha256(output, salt), ...sha256(salt, output)]),
    });
  }
}

let world: World;
let secret: BackupSecret;

beforeEach(() => {
  world = new World();
  secret = BackupSecret.generate();
});

describe("over the air", () => {
  test("a fleet that is listed as active registers and recovers", async () => {
    world.publish("active");
    expect(await world.client().enrol(code(), secret)).toMatchObject({ kind: "enrolled" });
    expect(await world.client().recover(code())).toMatchObject({
      kind: "recovered",
      move: undefined,
      guessesLeft: 10,
      staleListing: false,
    });
    expect(await world.client().status()).toMatchObject({ kind: "known", stale: false });
    world.now += 2 * 86400;
    expect(await world.client().status()).toMatchObject({ kind: "known", stale: true });
    expect(await world.client().recover(code())).toMatchObject({ kind: "recovered", staleListing: true });
    world.now += 6 * 86400;
    expect(await world.client().recover(code())).toMatchObject({ kind: "untrusted", reason: "out-of-time" });
    world.now = Number.NaN;
    expect(await world.client().recover(code())).toMatchObject({ kind: "untrusted", reason: "out-of-time" });
  });

  test("what was seen is not unseen", async () => {
    world.publish("active");
    const old = world.blue.notes;
    world.publish("active", "announced");
    expect(await world.client().status()).toMatchObject({ kind: "known" });
    world.blue.notes = old;
    expect(await world.client().status()).toMatchObject({ kind: "untrusted", reason: "rolled-back" });
    // A new device cannot know, but for the witnesses' time.
    expect(await world.client(world.blue, new MapMemory()).status()).toMatchObject({ kind: "known" });
  });

  test("what is not signed, logged or listed gets nowhere", async () => {
    world.publish("active");
    const [note, proof, policies] = world.blue.notes;
    world.blue.notes = [note.map((octet, at) => (at === 200 ? octet ^ 1 : octet)), proof, policies];
    expect(await world.client().status()).toMatchObject({ kind: "untrusted", reason: "not-operators" });
    const other = new Publisher(NOW).publish([[world.green.fleet, "active"]]);
    world.blue.notes = [note, other[1], policies];
    expect(await world.client().status()).toMatchObject({ kind: "untrusted", reason: "not-logged" });
    world.blue.notes = other;
    expect(await world.client().recover(code())).toMatchObject({ kind: "not-registered" });
    expect(world.blue.seen).toHaveLength(0);
  });
});

describe("one fleet in place of another", () => {
  test("what is recovered from a retiring fleet is moved, and the old slot goes", async () => {
    world.publish("active", "announced");
    expect(await world.client().enrol(code(), secret)).toMatchObject({ kind: "enrolled" });
    expect(world.green.seen).toHaveLength(0);
    world.publish("retiring", "active");
    const recovery = await world.client().recover(code());
    expect(recovery).toMatchObject({ kind: "recovered", move: { done: true }, otherCodes: [] });
    expect(recovery).toMatchObject({ guessesLeft: undefined, guessesUsed: 0 });
    expect(world.blue.records.values().next().value?.live).toBeUndefined();
    expect(world.green.records.values().next().value?.live).toBeDefined();
    world.publish("revoked", "active");
    const again = await world.client(world.green).recover(code());
    expect(again.kind === "recovered" && again.secret.sameAs(secret)).toBe(true);
  });

  test("what is registered with a retiring fleet is registered, which counts no guess", async () => {
    world.publish("active", "announced");
    expect(await world.client().registered()).toMatchObject({ kind: "not-registered", next: "done" });
    await world.client().enrol(code(), secret);
    world.publish("retiring", "active");
    const other = world.client(world.green, new MapMemory());
    expect(await other.registered()).toMatchObject({
      kind: "registered",
      guessesLeft: 10,
      changed: false,
      next: "done",
    });
    expect(await other.registered({ slot: "passkey-1" })).toMatchObject({ kind: "not-registered" });
    expect(await other.recover(code())).toMatchObject({ kind: "recovered", otherAttempts: 0, guessesUsed: 0 });
    world.publish("revoked", "revoked");
    expect(await other.registered()).toMatchObject({ kind: "untrusted" });
  });

  test("how many guesses are left, and whether it is another registration, is told without a guess", async () => {
    world.publish("active", "announced");
    const own = world.client(world.green, new MapMemory());
    await own.enrol(code(), secret);
    const other = world.client(world.green, new MapMemory());
    expect(await other.recover(RecoveryCode.chosen("000000"))).toMatchObject({ kind: "wrong-code", guessesLeft: 9 });
    expect(await own.registered()).toMatchObject({ kind: "registered", guessesLeft: 9, changed: false });
    expect(await own.registered()).toMatchObject({ guessesLeft: 9 });
    const authority = { kind: "owner", secret } as const;
    expect(await other.enrol(RecoveryCode.chosen("another"), secret, authority)).toMatchObject({ kind: "enrolled" });
    expect(await own.registered()).toMatchObject({ kind: "registered", guessesLeft: 10, changed: true });
    expect(await other.registered()).toMatchObject({ guessesLeft: 10, changed: false });
  });

  test("a deletion says so where every fleet is refused", async () => {
    world.publish("announced");
    expect(await world.client().forget({ kind: "owner", secret })).toMatchObject({
      kind: "untrusted",
      reason: "closed",
    });
  });

  test("a move that breaks off leaves a registration that opens, and is taken up again", async () => {
    world.publish("active", "announced");
    await world.client().enrol(code(), secret);
    world.publish("retiring", "active");
    world.blue.faults = { drops: (type) => type === "delete" };
    expect(await world.client().recover(code())).toMatchObject({ kind: "recovered" });
    expect(world.blue.records.values().next().value?.live).toBeDefined();
    world.blue.faults = {};
    expect(await world.client().recover(code())).toMatchObject({ kind: "recovered" });
    expect(world.green.records.values().next().value?.live).toBeDefined();
    expect(world.blue.records.values().next().value?.live).toBeUndefined();
  });

  test("a code that somebody else set with the new fleet hides nothing, and is told", async () => {
    world.publish("active", "announced");
    await world.client().enrol(code(), secret);
    world.publish("retiring", "active");
    const thief = world.client(world.green, new MapMemory());
    const theirs = await thief.enrol(RecoveryCode.chosen("the thief's"), BackupSecret.generate(), { kind: "login" });
    expect(theirs).toMatchObject({ kind: "enrolled" });
    const recovery = await world.client().recover(code());
    expect(recovery).toMatchObject({ kind: "recovered", otherCodes: [world.green.fleet.id], move: { done: false } });
    expect(recovery.whatToDoNext).toContain("set your code there by login");
    expect(world.blue.records.values().next().value?.live).toBeDefined();
    // A wrong code is wrong with both, and the fewest guesses are told.
    const wrong = await world.client().recover(RecoveryCode.typed("another code"));
    expect(wrong).toMatchObject({ kind: "wrong-code", guessesLeft: 8, unsettled: false });
  });

  test("what is sent to one fleet does not depend on how the guess ended with another", async () => {
    const trace = async (typed: string) => {
      world.blue.seen.length = 0;
      world.green.seen.length = 0;
      await world.client().recover(RecoveryCode.typed(typed));
      return [world.blue, world.green].map(({ seen }) => seen.map(({ type, size }) => `${type} ${size}`));
    };
    world.publish("active", "active");
    await world.client().enrol(code(), secret, { kind: "login" });
    const other = world.client(world.green, new MapMemory());
    await other.enrol(RecoveryCode.chosen("other code"), secret, { kind: "login" });
    const right = await trace("violet kettle 84");
    expect(right).toEqual([
      [expect.stringContaining("attempt"), expect.stringContaining("success")],
      [expect.stringContaining("attempt"), expect.stringContaining("success")],
    ]);
    expect(await trace("wrong code")).toEqual(right);
  });

  test("a fleet that cannot be asked leaves the verdict open, and is not repeated by itself", async () => {
    world.publish("active", "active");
    await world.client().enrol(code(), secret, { kind: "login" });
    world.green.faults = { answer: () => ({ kind: "unreachable" }) };
    const wrong = await world.client().recover(RecoveryCode.typed("wrong code"));
    expect(wrong).toMatchObject({ kind: "wrong-code", unsettled: true, next: "by-hand" });
    expect(await world.client().recover(code())).toMatchObject({ kind: "recovered" });
  });

  test("whose fleet is gone hears that the vault has moved", async () => {
    world.publish("active", "announced");
    await world.client().enrol(code(), secret);
    world.publish("revoked", "active");
    const moved = await world.client().recover(code());
    expect(moved).toMatchObject({ kind: "moved", from: world.blue.fleet.id, to: world.green.fleet.id, next: "never" });
  });

  test("a new device does not cover another fleet's registration", async () => {
    world.publish("active", "active");
    expect(await world.client().enrol(code(), secret)).toMatchObject({ kind: "enrolled" });
    const second = world.client(world.green, new MapMemory());
    expect(await second.enrol(RecoveryCode.chosen("new code"), secret)).toMatchObject({ kind: "not-authorised" });
  });
});

describe("the way by fetch", () => {
  type Call = { url: string; init: RequestInit };
  const calls: Call[] = [];
  const answering = (response: () => Response) =>
    httpsTransport(["https://one.example:8443", "https://two.example"], {
      fetch: async (url, init) => {
        calls.push({ url: String(url), init: init ?? {} });
        return response();
      },
    });

  beforeEach(() => {
    calls.length = 0;
  });

  test("asks the admitting HSM's own node first, then its neighbour, without cookies or redirections", async () => {
    const transport = answering(() => new Response(utf8("answer")));
    expect(await transport.post(utf8("m"), 1, "all", 0)).toEqual({ kind: "answered", body: utf8("answer") });
    await transport.insisting().post(utf8("m"), 2, "quorum", 2);
    await transport.bundle(1);
    expect(calls.map(({ url }) => url)).toEqual([
      "https://one.example:8443/v1/vault",
      "https://one.example:8443/v1/vault",
      "https://two.example/v1/bundle",
    ]);
    expect(calls[0]?.init).toMatchObject({ method: "POST", redirect: "error", credentials: "omit", cache: "no-store" });
    expect(calls[0]?.init.headers).toEqual({ "Content-Type": "application/octet-stream", "Coffer-Replies": "all" });
    expect(calls[1]?.init.headers).toMatchObject({ "Coffer-Insist": "yes", "Coffer-Replies": "quorum" });
  });

  test.each([
    [401, '{"code":"LOGIN_EXPIRED"}', {}, { kind: "login-expired" }],
    [401, '{"code":"LOGIN_INVALID"}', {}, { kind: "login-invalid" }],
    [400, "", {}, { kind: "refused" }],
    [421, "", {}, { kind: "refused" }],
    [410, "a bundle", {}, { kind: "moved" }],
    [503, "", { "Retry-After": "7" }, { kind: "later", afterMillis: 7000 }],
    [429, "", { "Retry-After": "999999" }, { kind: "later", afterMillis: 300000 }],
    [500, "", { "Retry-After": "soon" }, { kind: "later", afterMillis: 1000 }],
  ])("takes %i %s %o for what it is", async (status, body, headers, sent) => {
    expect(await answering(() => new Response(body, { status, headers })).bundle(0)).toEqual(sent);
  });

  test("stops reading at the limit, and takes every failure for no answer", async () => {
    expect(await answering(() => new Response(new Uint8Array((1 << 20) + 1))).bundle(0)).toEqual({
      kind: "unreachable",
    });
    expect((await answering(() => new Response(new Uint8Array(1 << 20))).bundle(0)).kind).toBe("answered");
    const large = answering(() => new Response(new Uint8Array((16 << 10) + 1)));
    expect(await large.post(utf8("m"), 1, "all", 0)).toEqual({ kind: "unreachable" });
    const broken = answering(() => {
      throw new TypeError("no network");
    });
    expect(await broken.bundle(0)).toEqual({ kind: "unreachable" });
  });

  test("gives up in time", async () => {
    const silent = httpsTransport(["https://one.example"], {
      requestMillis: 1,
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
    });
    expect(await silent.bundle(0)).toEqual({ kind: "unreachable" });
  });

  test("reads directories as hints and takes nothing but https from them", async () => {
    const id = new Uint8Array(32).fill(0xab);
    const name = "ab".repeat(32);
    const lead = (line: string) => directoryAddresses(utf8(`other line\n${line}\n`), id)?.map(({ href }) => href);
    expect(lead(`${name} https://a.example https://b.example:1`)).toEqual([
      "https://a.example/",
      "https://b.example:1/",
    ]);
    expect(lead(`${name} https://a.example  https://b.example`)).toBeUndefined();
    expect(lead(`${name} http://a.example`)).toBeUndefined();
    expect(lead(`${name} https://user:word@a.example`)).toBeUndefined();
    expect(lead(`${name}${" https://a.example".repeat(8)}`)).toBeUndefined();
    expect(lead("cd https://a.example")).toBeUndefined();
    const told = await answering(() => new Response(utf8(`${name} https://there.example\n`))).toward(id, 0);
    expect(told?.address()).toBe("https://there.example");
    expect(told?.at("https://x.example https://y.example")?.address()).toBe("https://x.example https://y.example");
    expect(told?.at("ftp://x.example")).toBeUndefined();
  });

  test("begins with https, but for this very machine", () => {
    expect(() => httpsTransport(["http://vault.example"])).toThrow();
    expect(() => httpsTransport([])).toThrow();
    httpsTransport(["http://localhost:8080", "http://127.0.0.1:8081"]);
  });
});
