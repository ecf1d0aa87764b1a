import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Bytes, concat, hex, utf8 } from "../../src/codec/bytes.js";
import { BackupSecret, RecoveryCode, renderCheck, renderKey } from "../../src/index.js";
import { type PasskeySlot, Passkeys } from "../../src/passkey/index.js";
import { decodeUnlock, encodeUnlock, openAbout, openCode, type UnlockFile } from "../../src/passkey/unlock-file.js";
import { Device, RIGHT } from "../fleet/device.js";
import { FakeAuthenticator } from "./fake-authenticator.js";
import { authenticator, begin, CODE, device, enrol, fleet, newDevice, passkeys, RP, secret, store } from "./world.js";

const OWNER = { tenant: "app", account: "alice" };

beforeEach(begin);

describe("a passkey", () => {
  test("brings K back on a new device, with or without its user's handle", async () => {
    authenticator.synced = true;
    const end = await enrol();
    expect(end).toMatchObject({ kind: "enrolled", slot: "passkey-1", synced: true, next: "done" });
    expect(end.whatToDoNext).toContain("other devices");
    expect([authenticator.creations, authenticator.readings]).toEqual([1, 1]);
    for (const tellsHandle of [true, false]) {
      const other = authenticator.copied(true);
      other.tellsHandle = tellsHandle;
      const recovery = await passkeys(new Device(fleet), { credentials: other }).unlock();
      expect(recovery).toMatchObject({ kind: "recovered", guessesLeft: 10, next: "done" });
      expect(recovery.kind === "recovered" && recovery.secret.sameAs(secret)).toBe(true);
    }
    // The code's own slot has heard nothing of it.
    expect(await device.recover()).toMatchObject({ kind: "recovered", otherAttempts: 0 });
  });

  test("gives its output at readings alone, and counts once two of them agree", async () => {
    authenticator.prf = "at-get";
    // The page is asked for a touch before each reading.
    const touches: number[] = [];
    const beforeAgain = async () => void touches.push(authenticator.readings);
    const wish = { name: "Key", userName: "alice@app.example", besides: CODE, beforeAgain };
    expect(await passkeys().enrol(secret, wish)).toMatchObject({ kind: "enrolled", synced: false });
    expect([touches, authenticator.readings]).toEqual([[0, 1], 2]);
    expect(await newDevice().unlock()).toMatchObject({ kind: "recovered" });
  });

  test("is asked with one input for all, at creation too, and always for its user", async () => {
    await enrol();
    await newDevice().unlock();
    for (const { publicKey } of authenticator.asked) {
      const { extensions, userVerification, authenticatorSelection } = publicKey as PublicKeyCredentialCreationOptions &
        PublicKeyCredentialRequestOptions;
      expect(Object.keys(extensions?.prf ?? {})).toEqual(["eval"]);
      expect(extensions?.prf?.eval?.first).toHaveLength(32);
      expect(userVerification ?? authenticatorSelection?.userVerification).toBe("required");
    }
  });

  test("is one of several, each with a name, revoked alone and at the vault", async () => {
    expect(await enrol("Laptop")).toMatchObject({ slot: "passkey-1" });
    const phone = new FakeAuthenticator();
    expect(await enrol("Phone", CODE, passkeys(device, { credentials: phone }))).toMatchObject({ slot: "passkey-2" });
    expect(await passkeys().rename("passkey-2", "Anna’s phone", secret)).toMatchObject({ kind: "renamed" });
    const created = 1_800_000_000;
    expect(await passkeys().list(secret)).toMatchObject({
      kind: "listed",
      passkeys: [
        { slot: "passkey-1", name: "Laptop", created, synced: false },
        { slot: "passkey-2", name: "Anna’s phone", created, synced: false },
      ],
      damaged: [],
    });
    const kept = store.objects.get("unlock/passkey-1") as Bytes;
    expect(await passkeys().revoke("passkey-1", { kind: "owner", secret })).toMatchObject({ kind: "revoked" });
    expect([...store.objects.keys()]).toEqual(["unlock/passkey-2"]);
    expect(await newDevice().unlock()).toMatchObject({ kind: "problem", problem: "cancelled" });
    // Whoever kept the file and has the passkey gets nothing either: the vault has erased its part.
    store.objects.set("unlock/passkey-1", kept);
    const late = await newDevice().unlock();
    expect(late).toMatchObject({ kind: "not-registered", next: "never" });
    expect(late.whatToDoNext).toContain("revoked");
    expect(await passkeys(device, { credentials: phone }).unlock()).toMatchObject({ kind: "recovered" });
    expect(await passkeys().revoke("passkey-1", { kind: "owner", secret })).toMatchObject({ kind: "revoked" });
    expect(await enrol("Laptop again", CODE, passkeys(device, { credentials: new FakeAuthenticator() }))).toMatchObject(
      {
        kind: "enrolled",
        slot: "passkey-1",
      },
    );
  });

  test("is revoked by K alone, and a name is read and changed by K alone", async () => {
    await enrol();
    const other = BackupSecret.generate();
    expect(await passkeys().revoke("passkey-1", { kind: "owner", secret: other })).toMatchObject({
      kind: "not-authorised",
      next: "by-hand",
    });
    expect(await passkeys().revoke("passkey-1", { kind: "login" })).toMatchObject({ kind: "not-authorised" });
    expect(await passkeys().list(other)).toMatchObject({ passkeys: [{ slot: "passkey-1", name: undefined }] });
    expect(await passkeys().rename("passkey-1", "Mine", other)).toMatchObject({ problem: "unknown-passkey" });
    expect(await newDevice().unlock()).toMatchObject({ kind: "recovered" });
  });

  test("that is revoked is told to its provider, and one that a store made up is not", async () => {
    const told: string[] = [];
    const signalUnknownCredential = async ({ credentialId }: { credentialId: string }) => void told.push(credentialId);
    vi.stubGlobal("PublicKeyCredential", { signalUnknownCredential });
    try {
      await enrol();
      const file = decodeUnlock(store.objects.get("unlock/passkey-1") as Bytes, "passkey-1") as UnlockFile;
      const head = { ...file.head, credentialId: utf8("the passkey of the app's login") };
      store.objects.set("unlock/passkey-1", encodeUnlock({ ...file, head }));
      const revoked = { kind: "revoked", next: "done" };
      expect(await passkeys().revoke("passkey-1", { kind: "owner", secret })).toMatchObject(revoked);
      expect(told).toEqual([]);
      const phone = new FakeAuthenticator();
      await enrol("Phone", CODE, passkeys(device, { credentials: phone }));
      expect(await passkeys().revoke("passkey-1", { kind: "owner", secret })).toMatchObject(revoked);
      expect(told).toEqual([Buffer.from(phone.held[0]?.id as Bytes).toString("base64url")]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("is never the only unlock", async () => {
    const key = { kind: "key", typed: `${renderKey(secret)}\n${renderCheck(secret)}` } as const;
    expect(await device.client.forget({ kind: "owner", secret })).toMatchObject({ kind: "forgotten" });
    for (const besides of [CODE, { ...key, typed: "" }, { ...key, typed: `${renderKey(secret)}` }]) {
      expect(await enrol("Laptop", besides)).toMatchObject({ problem: "no-other-unlock", next: "by-hand" });
    }
    const other = BackupSecret.generate();
    const wrong = `${renderKey(other)}\n${renderCheck(other)}`;
    expect(await enrol("Laptop", { kind: "key", typed: wrong })).toMatchObject({ problem: "no-other-unlock" });
    expect([authenticator.creations, store.objects.size]).toEqual([0, 0]);
    expect(await enrol("Laptop", key)).toMatchObject({ kind: "enrolled" });
  });

  test("is not finished either once the other unlock is gone", async () => {
    fleet.faults = { drops: (type) => type === "register-finish" };
    expect(await enrol()).toMatchObject({ kind: "unfinished", slot: "passkey-1" });
    fleet.faults = {};
    expect(await device.client.forget({ kind: "owner", secret })).toMatchObject({ kind: "forgotten" });
    const readings = authenticator.readings;
    expect(await passkeys().finish("passkey-1", secret, CODE)).toMatchObject({ problem: "no-other-unlock" });
    expect(authenticator.readings).toBe(readings);
    expect(await newDevice().unlock()).toMatchObject({ kind: "not-registered" });
    const key = { kind: "key", typed: `${renderKey(secret)}\n${renderCheck(secret)}` } as const;
    expect(await passkeys().finish("passkey-1", secret, key)).toMatchObject({ kind: "enrolled" });
  });
});

describe("what breaks off", () => {
  test("before the vault has registered it goes on with that passkey, later too", async () => {
    fleet.faults = { drops: (type) => type === "register-finish" };
    const end = await enrol();
    expect(end).toMatchObject({ kind: "unfinished", slot: "passkey-1", cause: "unreachable", next: "by-itself" });
    expect(await passkeys().unlock()).toMatchObject({ kind: "not-registered" });
    fleet.faults = {};
    expect(await passkeys().finish("passkey-1", secret, CODE)).toMatchObject({ kind: "enrolled", slot: "passkey-1" });
    expect(authenticator.creations).toBe(1);
    expect(await newDevice().unlock()).toMatchObject({ kind: "recovered" });
    // Once more changes nothing for the user, whatever was lost on the way.
    expect(await passkeys(new Device(fleet)).finish("passkey-1", secret, CODE)).toMatchObject({ kind: "enrolled" });
    expect(await newDevice().unlock()).toMatchObject({ kind: "recovered" });
  });

  test("with a store that does not answer ends as that, and leaves no half unlock", async () => {
    await enrol();
    store.fails = true;
    const all = passkeys();
    for (const end of [
      await enrol(),
      await all.unlock(),
      await all.list(secret),
      await all.rename("passkey-1", "x", secret),
      await all.finish("passkey-1", secret, CODE),
      await all.revoke("passkey-1", { kind: "owner", secret }),
    ]) {
      expect(end).toMatchObject({ kind: "problem", problem: "store", next: "by-hand" });
    }
    store.fails = false;
    // The vault had forgotten it already; the same call takes the file away.
    expect(await all.unlock()).toMatchObject({ kind: "not-registered" });
    expect(await all.revoke("passkey-1", { kind: "owner", secret })).toMatchObject({ kind: "revoked" });
    expect(store.objects.size).toBe(0);
  });

  test("with a store whose answer was lost is mended by the next call", async () => {
    const lost = { kind: "problem", problem: "store", next: "by-hand" };
    store.losesAnswer = true;
    expect(await enrol()).toMatchObject({ ...lost, leftover: true });
    // The file is there, and the vault has heard nothing.
    expect(await passkeys().list(secret)).toMatchObject({ passkeys: [{ slot: "passkey-1", name: "Laptop" }] });
    expect(await passkeys().unlock()).toMatchObject({ kind: "not-registered" });
    expect(await passkeys().finish("passkey-1", secret, CODE)).toMatchObject({ kind: "enrolled" });
    expect(await newDevice().unlock()).toMatchObject({ kind: "recovered" });
    store.losesAnswer = true;
    expect(await passkeys().rename("passkey-1", "Old laptop", secret)).toMatchObject(lost);
    expect(await passkeys().list(secret)).toMatchObject({ passkeys: [{ name: "Old laptop" }] });
    store.losesAnswer = true;
    expect(await passkeys().revoke("passkey-1", { kind: "owner", secret })).toMatchObject(lost);
    expect(store.objects.size).toBe(0);
    expect(await passkeys().revoke("passkey-1", { kind: "owner", secret })).toMatchObject({ kind: "revoked" });
  });

  test("of a revocation at the vault is done by the same call, and the file stays until then", async () => {
    await enrol();
    fleet.faults = { drops: (type) => type === "delete" };
    const end = await passkeys().revoke("passkey-1", { kind: "owner", secret });
    expect(end).toMatchObject({ kind: "try-again", cause: "unreachable", next: "by-itself" });
    expect(store.objects.size).toBe(1);
    fleet.faults = {};
    expect(await newDevice().unlock()).toMatchObject({ kind: "recovered" });
    expect(await passkeys().revoke("passkey-1", { kind: "owner", secret })).toMatchObject({ kind: "revoked" });
    expect(store.objects.size).toBe(0);
  });

  test("of an unlock goes on with the same guess, and never takes a second one", async () => {
    await enrol();
    const phone = passkeys(new Device(fleet), { credentials: authenticator.copied(true) });
    fleet.faults = { drops: (type) => type === "success" };
    const end = await phone.unlock();
    expect(end).toMatchObject({ kind: "try-again", next: "by-itself" });
    expect(end.whatToDoNext).toContain("same passkey");
    fleet.faults = {};
    expect(await phone.unlock()).toMatchObject({ kind: "recovered", otherAttempts: 0, guessesLeft: 10 });
    expect(new Set(fleet.seen.filter(({ type }) => type === "attempt").map(({ request }) => request)).size).toBe(1);
  });

  test("where two devices set up a passkey at once leaves each its own slot", async () => {
    const phone = new FakeAuthenticator();
    const { client } = new Device(fleet);
    const other = new Passkeys({ client, store, rp: RP, credentials: phone });
    const ends = await Promise.all([enrol("Laptop"), enrol("Phone", CODE, other)]);
    expect(new Set(ends.map((end) => end.kind === "enrolled" && end.slot))).toEqual(
      new Set(["passkey-1", "passkey-2"]),
    );
    expect(await passkeys(new Device(fleet)).unlock()).toMatchObject({ kind: "recovered" });
    expect(await passkeys(new Device(fleet), { credentials: phone }).unlock()).toMatchObject({ kind: "recovered" });
  });

  test("on a slot that someone with the login has taken goes on in the next, and says when there is none", async () => {
    const squat = (slot: PasskeySlot) => {
      const code = RecoveryCode.ofPasskey(new Uint8Array(32).fill(7));
      return device.client.enrol(code, BackupSecret.generate(), { kind: "none" }, { slot });
    };
    await squat("passkey-1");
    expect(await enrol()).toMatchObject({ kind: "enrolled", slot: "passkey-2" });
    expect([...store.objects.keys()]).toEqual(["unlock/passkey-2"]);
    expect(await newDevice().unlock()).toMatchObject({ kind: "recovered" });
    for (let slot = 3; slot <= 8; slot++) {
      await squat(`passkey-${slot}` as PasskeySlot);
    }
    const phone = passkeys(device, { credentials: new FakeAuthenticator() });
    const end = await enrol("Phone", CODE, phone);
    expect(end).toMatchObject({ kind: "refused", reason: "not-authorised", next: "by-hand" });
    expect(end.whatToDoNext).toContain("opens nothing: delete it");
    expect([...store.objects.keys()]).toEqual(["unlock/passkey-2"]);
  });

  test("where the slots are full says so before a passkey is made", async () => {
    for (let slot = 1; slot <= 8; slot++) {
      store.objects.set(`unlock/passkey-${slot}`, utf8("of a newer version"));
    }
    expect(await enrol()).toMatchObject({ problem: "full", next: "by-hand" });
    expect(authenticator.creations).toBe(0);
    expect(await passkeys().list(secret)).toMatchObject({
      passkeys: [],
      damaged: expect.arrayContaining(["passkey-8"]),
    });
    expect(await passkeys().revoke("passkey-8", { kind: "owner", secret })).toMatchObject({ kind: "revoked" });
    expect(await enrol()).toMatchObject({ kind: "enrolled", slot: "passkey-8" });
  });

  test("where another passkey took the slot, or its guesses are gone, is told in words for a passkey", async () => {
    await enrol();
    const slot: PasskeySlot = "passkey-1";
    const other = RecoveryCode.ofPasskey(new Uint8Array(32));
    expect(await device.client.enrol(other, secret, { kind: "owner", secret }, { slot })).toMatchObject({
      kind: "enrolled",
    });
    const end = await newDevice().unlock();
    expect(end).toMatchObject({ kind: "wrong-code", next: "never" });
    expect(end.whatToDoNext).toContain("Another passkey was registered");
    for (let guess = 0; guess < 10; guess++) {
      await device.client.recover(RecoveryCode.ofPasskey(new Uint8Array(32).fill(9)), { slot });
    }
    const exhausted = await newDevice().unlock();
    expect(exhausted).toMatchObject({ kind: "exhausted", next: "never" });
    expect(exhausted.whatToDoNext).not.toContain("The guesses are used up");
  });

  test.each(["", "x".repeat(101), "é".repeat(51), "\ud800"])(
    "a name that is none is refused first (%#)",
    async (name) => {
      expect(await enrol(name)).toMatchObject({ problem: "unacceptable-name" });
      expect(authenticator.creations).toBe(0);
    },
  );
});

describe("an unlock file", () => {
  test("that anybody altered opens nothing of what was altered, at any octet", async () => {
    await enrol();
    const octets = store.objects.get("unlock/passkey-1") as Bytes;
    const output = authenticator.outputs[0] as Bytes;
    const opens = async (altered: Bytes) => {
      const file = decodeUnlock(altered, "passkey-1");
      const code = file && (await openCode(output, OWNER, file));
      return [code !== undefined, file !== undefined && (await openAbout(secret, OWNER, file)) !== undefined];
    };
    expect(await opens(octets)).toEqual([true, true]);
    // At the end stands what is sealed under K, before it the sealed code: what is in the clear is under both seals.
    const about = octets.length - (12 + 128 + 16);
    const code = about - (12 + 32 + 16);
    for (let at = 0; at < octets.length; at++) {
      const altered = octets.slice();
      altered[at] = (altered[at] as number) ^ 1;
      expect([at, ...(await opens(altered))]).toEqual([at, at >= about, at >= code && at < about]);
    }
    fleet.seen.length = 0;
    octets[code] = (octets[code] as number) ^ 1;
    store.objects.set("unlock/passkey-1", octets);
    expect(await newDevice().unlock()).toMatchObject({ problem: "changed" });
    expect(fleet.seen).toEqual([]);
  });

  test("says nothing of the name's length, and serves no other account or slot", async () => {
    await enrol("x");
    const short = store.objects.get("unlock/passkey-1") as Bytes;
    await passkeys().rename("passkey-1", "x".repeat(100), secret);
    expect((store.objects.get("unlock/passkey-1") as Bytes).length).toBe(short.length);
    store.objects.set("unlock/passkey-2", short);
    store.objects.delete("unlock/passkey-1");
    expect(await passkeys().unlock()).toMatchObject({ problem: "no-passkeys" });
    expect(await passkeys().list(secret)).toMatchObject({ passkeys: [], damaged: ["passkey-2"] });
    const file = decodeUnlock(short, "passkey-1");
    const output = authenticator.outputs[0] as Bytes;
    expect(file && (await openCode(output, OWNER, file))).toBeDefined();
    expect(file && (await openCode(output, { ...OWNER, account: "bob" }, file))).toBeUndefined();
  });
});

test("nothing that was sent, sealed or not, holds an output, the code, K or its digits", async () => {
  const messages: Bytes[] = [];
  const transport = fleet.transport();
  const listening = (of: Device) => {
    const post: typeof transport.post = (message, ...rest) => {
      messages.push(message.slice());
      return transport.post(message, ...rest);
    };
    return new Device(of.fleet, { transport: { ...transport, post, bundle: transport.bundle } });
  };
  const typed = `${renderKey(secret)}\n${renderCheck(secret)}`;
  const mine = passkeys(listening(device));
  expect(await enrol("Laptop", CODE, mine)).toMatchObject({ kind: "enrolled" });
  const phone = new FakeAuthenticator();
  const theirs = passkeys(listening(device), { credentials: phone });
  expect(await enrol("Phone", { kind: "key", typed }, theirs)).toMatchObject({ kind: "enrolled" });
  const other = passkeys(listening(new Device(fleet)), { credentials: authenticator.copied(true) });
  expect(await other.unlock()).toMatchObject({ kind: "recovered" });
  await mine.rename("passkey-1", "Old laptop", secret);
  await mine.revoke("passkey-2", { kind: "owner", secret });

  const file = decodeUnlock(store.objects.get("unlock/passkey-1") as Bytes, "passkey-1");
  const output = authenticator.outputs[0] as Bytes;
  const code = file && (await openCode(output, OWNER, file));
  expect(code).toHaveLength(32);
  const asked = [...authenticator.asked, ...phone.asked].map((options) =>
    utf8(JSON.stringify(options, (_, value) => (value instanceof Uint8Array ? hex(value) : value))),
  );
  const sent = [...messages, ...store.sent, ...asked, ...fleet.seen.map(({ plain }) => plain)];
  const everything = Buffer.from(concat(...sent)).toString("latin1");
  const forms = (octets: Uint8Array) => {
    const buffer = Buffer.from(octets);
    return ["latin1", "hex", "base64url"]
      .map((form) => buffer.toString(form as BufferEncoding))
      .concat(buffer.toString("base64").replace(/=+$/, ""));
  };
  const secrets = [...authenticator.outputs, ...phone.outputs, code as Bytes, secret.copy()];
  for (const form of [...secrets.flatMap(forms), renderKey(secret), RIGHT, "Laptop", "Old laptop"]) {
    expect(everything.includes(form)).toBe(false);
  }
  // What does lie there is found, sealed messages and what HSMs read of them alike.
  expect(everything.includes(forms(file?.head.credentialId as Bytes)[0] as string)).toBe(true);
  expect(fleet.seen).toHaveLength(8);
  expect(everything.includes(forms(fleet.seen[0]?.plain as Bytes)[0] as string)).toBe(true);
});
