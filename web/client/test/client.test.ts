import { beforeEach, describe, expect, test } from "vitest";
import type { ClientMemory, Sent, VaultTransport } from "../src/client/ports.js";
import { VaultClient, type VaultClientOptions } from "../src/client/vault-client.js";
import { type Bytes, utf8 } from "../src/codec/bytes.js";
import { encodeElement } from "../src/crypto/oprf.js";
import { BackupSecret, deviceLogin, pinnedFleet, RecoveryCode } from "../src/index.js";
import { Device, RIGHT, TOKEN } from "./fleet/device.js";
import { MiniFleet } from "./fleet/mini-fleet.js";

let fleet: MiniFleet;
let device: Device;
let secret: BackupSecret;

async function enrolled(n = 3, q = 2): Promise<void> {
  fleet = new MiniFleet(n, q);
  device = new Device(fleet);
  secret = BackupSecret.generate();
  expect(await device.enrol(secret)).toMatchObject({ kind: "enrolled", generation: 1n, replaced: false, next: "done" });
  fleet.seen.length = 0;
  device.stretched = 0;
}

beforeEach(() => enrolled());

describe("an honest fleet", () => {
  test("gives K back to the right code, on another device too", async () => {
    for (const one of [device, new Device(fleet)]) {
      const recovery = await one.recover();
      expect(recovery).toMatchObject({ kind: "recovered", otherAttempts: 0, suspects: [], next: "done" });
      expect(recovery.kind === "recovered" && recovery.secret.sameAs(secret)).toBe(true);
    }
    expect(await device.client.status()).toMatchObject({ kind: "known", registeredGeneration: 1n, unfinished: false });
  });

  test("counts wrong codes, warns of them, and ends the account", async () => {
    expect(await device.recover("wrong code")).toMatchObject({ kind: "wrong-code", guessesLeft: 9, next: "by-hand" });
    expect(await device.recover()).toMatchObject({ kind: "recovered", otherAttempts: 1 });
    for (let left = 9; left >= 0; left--) {
      expect(await device.recover(`wrong ${left}`)).toMatchObject({ kind: "wrong-code", guessesLeft: left });
    }
    expect(await device.recover()).toMatchObject({ kind: "exhausted", next: "never" });
    expect(await device.client.status()).toMatchObject({ registeredGeneration: undefined });
  });

  test("tells what stays counted of the guesses that others made while this one was under way", async () => {
    fleet.faults = { drops: (type) => type === "success" };
    expect(await device.recover()).toMatchObject({ kind: "try-again" });
    fleet.faults = {};
    expect(await new Device(fleet).recover("wrong code")).toMatchObject({ kind: "wrong-code", guessesLeft: 8 });
    const late = await device.recover();
    expect(late).toMatchObject({ kind: "recovered", otherAttempts: 1, guessesLeft: 9, guessesUsed: 1 });
    expect(late.whatToDoNext).toContain("stay counted: guesses left: 9");
    const next = await device.recover();
    expect(next).toMatchObject({ kind: "recovered", guessesLeft: 10, guessesUsed: 0, staleListing: false });
    expect(next.whatToDoNext).not.toContain("stay counted");
  });

  test("lets the owner alone replace and delete", async () => {
    const other = BackupSecret.generate();
    const code = RecoveryCode.chosen("another code");
    const { client } = device;
    expect(await client.enrol(code, other)).toMatchObject({ kind: "not-authorised", loginWouldDo: true });
    expect(await client.enrol(code, other, { kind: "owner", secret: other })).toMatchObject({ kind: "not-authorised" });
    expect(await client.enrol(code, other, { kind: "owner", secret })).toMatchObject({
      kind: "enrolled",
      replaced: true,
    });
    expect(await device.recover()).toMatchObject({ kind: "wrong-code", replacedWithoutProof: false });
    expect(await client.forget({ kind: "owner", secret })).toMatchObject({ kind: "not-authorised" });
    expect(await client.forget({ kind: "login" })).toMatchObject({ kind: "not-authorised" });
    expect(await new Device(fleet).client.forget({ kind: "owner", secret: other })).toMatchObject({
      kind: "forgotten",
    });
    expect(await device.recover("another code")).toMatchObject({ kind: "not-registered", next: "never" });
  });

  test("says so when a login alone was enough", async () => {
    const code = RecoveryCode.chosen("another code");
    expect(await device.client.enrol(code, secret, { kind: "login" })).toMatchObject({
      kind: "enrolled",
      replaced: true,
    });
    expect(await device.recover()).toMatchObject({ kind: "wrong-code", replacedWithoutProof: true });
  });

  test("keeps slots apart", async () => {
    const { client } = device;
    const passkey = RecoveryCode.ofPasskey(new Uint8Array(32).fill(3));
    expect(await client.recover(passkey, { slot: "passkey-1" })).toMatchObject({ kind: "not-registered" });
    const enrolment = await client.enrol(passkey, secret, { kind: "none" }, { slot: "passkey-1" });
    expect(enrolment).toMatchObject({ kind: "enrolled" });
    expect(await client.recover(passkey, { slot: "passkey-1" })).toMatchObject({ kind: "recovered" });
  });
});

describe("INV-10: what is sent does not depend on the code", () => {
  const shape = () => fleet.seen.map(({ type, size, replies }) => `${type} ${size} ${replies}`);

  async function shapes(typed: string): Promise<readonly [string[], number]> {
    fleet.seen.length = 0;
    device.stretched = 0;
    await device.recover(typed);
    return [shape(), device.stretched];
  }

  test("after a right and a wrong code", async () => {
    const right = await shapes(RIGHT);
    expect(await shapes("wrong code")).toEqual(right);
    expect(right[0]).toHaveLength(2);
  });

  test("where too few HSMs reply, and where they contradict each other", async () => {
    fleet.faults = { replying: (index) => index < 3 };
    expect(await shapes("wrong code")).toEqual(await shapes(RIGHT));
    fleet.faults = { replying: (index) => index === 1 };
    expect(await shapes("wrong code")).toEqual(await shapes(RIGHT));
    fleet.faults = { partial: (index, honest) => encodeElement(index === 2 ? honest.add(honest) : honest) };
    const right = await shapes(RIGHT);
    expect(await shapes("wrong code")).toEqual(right);
    expect(right).toEqual([["attempt", "attempt", "success"].map((type) => expect.stringContaining(type)), 3]);
  });

  test("where the second message is held back: the same one comes again, alone", async () => {
    for (const typed of [RIGHT, "wrong code"]) {
      await enrolled();
      fleet.faults = { answer: (_, type) => (type === "success" ? { kind: "unreachable" } : (undefined as never)) };
      expect(await device.recover(typed)).toMatchObject({ kind: "try-again", cause: "unreachable", next: "by-itself" });
      const successes = new Set(fleet.seen.filter(({ type }) => type === "success").map(({ request }) => request));
      expect(successes.size).toBe(1);
      fleet.faults = {};
      fleet.seen.length = 0;
      const end = await device.recover(typed);
      expect(end.kind).toBe(typed === RIGHT ? "recovered" : "wrong-code");
      expect(fleet.seen.map(({ type, request }) => [type, successes.has(request)])).toEqual([["success", true]]);
    }
  });
});

describe("lies", () => {
  test("of one HSM of five are found out, and told", async () => {
    await enrolled(5, 3);
    fleet.faults = { partial: (index, honest) => encodeElement(index === 2 ? honest.add(honest) : honest) };
    expect(await device.recover()).toMatchObject({ kind: "recovered", suspects: [2] });
    expect(await device.recover("wrong code")).toMatchObject({ kind: "wrong-code" });
    const other = new Device(fleet);
    const again = await other.client.enrol(RecoveryCode.chosen("another"), secret, { kind: "owner", secret });
    expect(again).toMatchObject({ kind: "enrolled", suspects: [2] });
  });

  test("of one HSM of three never make a right code wrong", async () => {
    fleet.faults = { partial: (index, honest) => encodeElement(index === 2 ? honest.add(honest) : honest) };
    expect(await device.recover("wrong code")).toMatchObject({ kind: "unconfirmed", next: "by-hand" });
    expect(fleet.records.values().next().value?.live?.open).toHaveLength(1);
    // The same attempt is kept, and repeating it costs nothing.
    expect(await device.recover("wrong code")).toMatchObject({ kind: "unconfirmed" });
    expect(fleet.records.values().next().value?.live?.open).toHaveLength(1);
    expect(await device.recover()).toMatchObject({ kind: "recovered", suspects: [2] });
    const other = BackupSecret.generate();
    const enrolment = await device.client.enrol(RecoveryCode.chosen("another"), other, { kind: "owner", secret });
    expect(enrolment).toMatchObject({ kind: "try-again", cause: "too-few-hsms" });
  });

  test("that reflect the blinded element, or send no element, make a suspect", async () => {
    fleet.faults = { partial: (index, honest, blinded) => (index === 1 ? blinded : encodeElement(honest)) };
    expect(await device.recover()).toMatchObject({ kind: "recovered", suspects: [1] });
    fleet.faults = { partial: (index, honest) => (index === 3 ? new Uint8Array(32) : encodeElement(honest)) };
    expect(await device.recover()).toMatchObject({ kind: "recovered", suspects: [3] });
  });

  test("of hosts, whichever octet they change, end in no verdict", async () => {
    let at = 0;
    fleet.faults = {
      answer: (octets) => {
        const changed = octets.slice();
        changed[at] = (changed[at] as number) ^ 1;
        return { kind: "answered", body: changed };
      },
    };
    // The certificate, the place in the entry, the leaf and its path.
    for (at = 0; at < 338; at += 23) {
      const recovery = await device.recover();
      expect([at, recovery.kind]).toEqual([at, "untrusted"]);
    }
    fleet.faults = {};
    expect(await device.recover()).toMatchObject({ kind: "recovered", otherAttempts: 0 });
  });

  test("of one host keep nobody from the others", async () => {
    let lies = 3;
    fleet.faults = {
      answer: (octets): Sent => {
        lies--;
        return lies >= 0 ? { kind: "answered", body: octets.map((octet) => octet ^ 1) } : (undefined as never);
      },
    };
    expect(await device.recover()).toMatchObject({ kind: "recovered" });
  });

  test("about the chain: nothing older and nothing else than what was seen", async () => {
    const old = fleet.delivery();
    expect(await device.recover()).toMatchObject({ kind: "recovered" });
    const transport: VaultTransport = { ...fleet.transport(), bundle: async () => ({ kind: "answered", body: old }) };
    // A node that lags delivers an older certificate, which is no lie.
    expect(await new Device(fleet, { transport }).recover()).toMatchObject({ kind: "recovered" });
    const answers: Bytes[] = [];
    fleet.faults = {
      answer: (octets): Sent => {
        answers.push(octets);
        return { kind: "answered", body: answers[0] ?? octets };
      },
    };
    expect(await device.recover()).toMatchObject({ kind: "untrusted" });
  });

  test("of another fleet, or a simulated one, get nowhere", async () => {
    const other = new MiniFleet();
    expect(await new Device(fleet, { transport: other.transport() }).recover()).toMatchObject({
      kind: "untrusted",
      reason: "wrong-fleet",
    });
    expect(await new VaultClient(options(new Device(fleet))).status()).toMatchObject({
      kind: "untrusted",
      reason: "below-policy",
    });
  });
});

function options(of: Device): VaultClientOptions {
  return {
    trust: pinnedFleet(of.fleet.fleet.id),
    transport: of.fleet.transport(),
    login: deviceLogin("app", "alice", new Uint8Array(32).fill(7), async () => TOKEN),
    memory: of.memory,
  };
}

describe("crashes", () => {
  /** A memory that ends the app at its n-th change, before or after it. */
  class Crashing implements ClientMemory {
    changes = 0;

    constructor(
      readonly inner: ClientMemory,
      readonly at: number,
      readonly after: boolean,
    ) {}

    load(name: string) {
      return this.inner.load(name);
    }

    async #change(change: () => Promise<void>): Promise<void> {
      this.changes++;
      // From then on this app does nothing any more.
      if (this.changes > this.at || (this.changes === this.at && !this.after)) {
        throw new Error("crash");
      }
      await change();
      if (this.changes === this.at) {
        throw new Error("crash");
      }
    }

    store(name: string, value: Bytes) {
      return this.#change(() => this.inner.store(name, value));
    }

    erase(name: string) {
      return this.#change(() => this.inner.erase(name));
    }
  }

  test.each([RIGHT, "wrong code"])("at any point of a recovery cost one guess at most (%s)", async (typed) => {
    for (let at = 1; ; at++) {
      for (const after of [false, true]) {
        await enrolled();
        const kept = device.memory;
        const crashing = new Crashing(kept, at, after);
        device.memory = crashing;
        const first = await device.recover(typed);
        device.memory = kept;
        if (crashing.changes < at) {
          expect(at).toBeGreaterThan(4);
          return;
        }
        expect(first).toMatchObject({ kind: "try-again", cause: "memory" });
        const second = await device.recover(typed);
        expect(second.kind).toBe(typed === RIGHT ? "recovered" : "wrong-code");
        const record = fleet.records.values().next().value;
        // Where the end was certified before the crash, the next call is a new attempt of its own.
        expect(record?.attemptNumber).toBeLessThanOrEqual(2n);
        expect(record?.live?.open.length).toBeLessThanOrEqual(typed === RIGHT ? 0 : 2);
      }
    }
  });

  test("at any point of an enrolment leave one that can be finished", async () => {
    for (let at = 1; ; at++) {
      for (const after of [false, true]) {
        fleet = new MiniFleet();
        device = new Device(fleet);
        const kept = device.memory;
        const crashing = new Crashing(kept, at, after);
        device.memory = crashing;
        const first = await device.enrol(secret);
        device.memory = kept;
        if (crashing.changes < at) {
          expect(at).toBeGreaterThan(4);
          return;
        }
        expect(first).toMatchObject({ kind: "try-again", cause: "memory" });
        const second = await device.enrol(secret);
        // Only what was certified and forgotten at the last step meets itself as another's.
        expect(["enrolled", "not-authorised"]).toContain(second.kind);
        const recovery = await device.recover();
        expect(recovery.kind === "recovered" && recovery.secret.sameAs(secret)).toBe(true);
      }
    }
  });

  test("damage to the memory is not taken for an empty one", async () => {
    const damaged = { ...device.memory, load: async () => utf8("not what was stored") } as ClientMemory;
    damaged.store = async () => undefined;
    device.memory = damaged;
    expect(await device.recover()).toMatchObject({ kind: "untrusted", reason: "memory-damaged" });
  });
});

describe("ways that fail", () => {
  const failing = (sent: Sent, times = Number.POSITIVE_INFINITY): VaultTransport => {
    let left = times;
    const inner = fleet.transport();
    return {
      ...inner,
      post: async (message, admitting, replies, turn) =>
        left-- > 0 ? sent : inner.post(message, admitting, replies, turn),
    };
  };

  test.each([
    [{ kind: "unreachable" }, "unreachable", "by-itself"],
    [{ kind: "later", afterMillis: 9000 }, "busy", "by-itself"],
    [{ kind: "refused" }, "refused", "by-hand"],
    [{ kind: "moved" }, "moved", "by-hand"],
    [{ kind: "login-invalid" }, "login-invalid", "by-hand"],
    [{ kind: "login-expired" }, "login-expired", "by-hand"],
  ] as const)("say what the user does next: %o", async (sent, cause, next) => {
    const transport = failing(sent);
    expect(await new Device(fleet, { transport }).recover()).toMatchObject({ kind: "try-again", cause, next });
    expect(await new Device(fleet, { transport: failing(sent, 2) }).recover()).toMatchObject({ kind: "recovered" });
  });

  test("a login that expired is asked for anew, once a refusal", async () => {
    const asked: boolean[] = [];
    const login = deviceLogin("app", "alice", new Uint8Array(32).fill(7), async (_, __, fresh) => {
      asked.push(fresh);
      return TOKEN;
    });
    const transport = failing({ kind: "login-expired" }, 1);
    expect(await new Device(fleet, { transport, login }).recover()).toMatchObject({ kind: "recovered" });
    expect(asked).toEqual([false, true, false]);
  });

  test("a login that fails, in giving a token or in signing, ends no call with an exception", async () => {
    const broken = async () => {
      throw new Error("no login");
    };
    const noToken = deviceLogin("app", "alice", new Uint8Array(32).fill(7), broken);
    const noSignature = { ...deviceLogin("app", "alice", new Uint8Array(32), async () => TOKEN), sign: broken };
    for (const login of [noToken, noSignature]) {
      const one = new Device(fleet, { login });
      expect(await one.recover()).toMatchObject({ kind: "try-again", cause: "login-expired", next: "by-hand" });
      const change = one.client.enrol(RecoveryCode.chosen("another"), secret, { kind: "login" });
      expect(await change).toMatchObject({ kind: "try-again", cause: "login-expired" });
    }
  });

  test("pauses grow, and never beyond what the policy allows", async () => {
    const pauses: number[] = [];
    const pause = async (millis: number) => void pauses.push(millis);
    await new Device(fleet, { transport: failing({ kind: "later", afterMillis: 60_000 }), pause }).recover();
    expect(pauses.length).toBe(5);
    expect(Math.max(...pauses)).toBe(5000);
    pauses.length = 0;
    await new Device(fleet, { transport: failing({ kind: "unreachable" }), pause }).recover();
    expect(pauses).toHaveLength(3);
    expect(pauses[2]).toBeGreaterThanOrEqual(400);
  });

  test("a call ends in time, and begins nothing after", async () => {
    let now = 0;
    const inner = fleet.transport();
    let posts = 0;
    const transport: VaultTransport = {
      ...inner,
      post: async () => {
        posts++;
        now += 50_000;
        return { kind: "unreachable" };
      },
    };
    const end = await new Device(fleet, { transport, monotonicMillis: () => now }).recover();
    expect(end).toMatchObject({ kind: "try-again", cause: "unreachable" });
    expect(posts).toBe(3);
  });

  test("a call that is aborted is interrupted, and goes on with the same guess", async () => {
    const controller = new AbortController();
    const inner = fleet.transport();
    const transport: VaultTransport = {
      ...inner,
      post: async () => {
        controller.abort();
        return { kind: "unreachable" };
      },
    };
    const stopped = await new Device(fleet, { transport, memory: device.memory }).recover(RIGHT, {
      signal: controller.signal,
    });
    expect(stopped).toMatchObject({ kind: "try-again", cause: "interrupted" });
    expect(await device.client.status()).toMatchObject({ unfinished: true, next: "by-hand" });
    expect(await device.recover()).toMatchObject({ kind: "recovered", otherAttempts: 0 });
    expect(fleet.records.values().next().value?.attemptNumber).toBe(1n);
  });

  test("a call that is aborted while another has its turn ends at once, and is never made", async () => {
    let release: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      release = resolve;
    });
    const memory = {
      load: (name: string) => device.memory.load(name),
      store: (name: string, value: Bytes) => device.memory.store(name, value),
      erase: (name: string) => device.memory.erase(name),
      exclusively: <T>(work: () => Promise<T>): Promise<T> => turn.then(work),
    };
    const waiting = new Device(fleet, { memory });
    const controller = new AbortController();
    const end = waiting.recover(RIGHT, { signal: controller.signal });
    controller.abort();
    expect(await end).toMatchObject({ kind: "try-again", cause: "interrupted" });
    const next = waiting.recover();
    release();
    expect(await next).toMatchObject({ kind: "recovered", otherAttempts: 0 });
    expect(await waiting.recover(RIGHT, { signal: AbortSignal.abort() })).toMatchObject({ cause: "interrupted" });
  });

  test("a device that cannot stretch says nothing about the code", async () => {
    const stretching = async (): Promise<Bytes> => {
      throw new Error("no memory");
    };
    expect(await new Device(fleet, { stretching }).recover()).toMatchObject({ kind: "try-again", cause: "stretching" });
  });

  test("progress is told", async () => {
    const steps: string[] = [];
    await device.recover(RIGHT, { onProgress: ({ step }: { step: string }) => steps.push(step) });
    expect(steps).toEqual(["finding-the-vault", "asking", "stretching", "asking"]);
  });

  test("calls of one client are made one after another", async () => {
    const { client } = device;
    const [first, second] = await Promise.all([
      client.recover(RecoveryCode.typed("wrong code")),
      client.recover(RecoveryCode.typed("wrong code too")),
    ]);
    expect([first, second]).toMatchObject([{ guessesLeft: 9 }, { guessesLeft: 8 }]);
  });
});
