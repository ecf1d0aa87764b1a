import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Bytes } from "../../src/codec/bytes.js";
import { Passkeys } from "../../src/passkey/index.js";
import { decodeUnlock } from "../../src/passkey/unlock-file.js";
import { Device } from "../fleet/device.js";
import { authenticator, begin, CODE, device, enrol, fleet, newDevice, passkeys, RP, secret, store } from "./world.js";

beforeEach(begin);

describe("an odd authenticator", () => {
  const problemOf = async () => {
    const end = await enrol();
    expect([...store.objects.keys()]).toEqual([]);
    expect(fleet.seen.filter(({ type }) => type === "register-finish")).toEqual([]);
    return end;
  };

  test("without a PRF, or with an empty one, makes no unlock", async () => {
    authenticator.prf = "none";
    expect(await problemOf()).toMatchObject({ problem: "no-prf", leftover: true, next: "by-hand" });
    expect(authenticator.readings).toBe(0);
    authenticator.prf = "at-get";
    for (const odd of ["empty", "short", "nothing"] as const) {
      authenticator.reading = () => odd;
      const end = await problemOf();
      expect(end).toMatchObject({ problem: "no-prf", leftover: true });
      expect(end.whatToDoNext).toContain("delete it");
    }
  });

  test("that gives another output the next time, or none, makes no unlock", async () => {
    for (const odd of ["another", "empty", "nothing"] as const) {
      authenticator.prf = "at-both";
      authenticator.reading = () => odd;
      expect(await problemOf()).toMatchObject({ problem: "unsteady", leftover: true });
    }
    authenticator.prf = "at-get";
    authenticator.readings = 0;
    authenticator.reading = (number) => (number === 1 ? "output" : "another");
    expect(await problemOf()).toMatchObject({ problem: "unsteady", leftover: true });
  });

  test("that does not ask for its user makes no unlock, and opens none", async () => {
    authenticator.verified = false;
    expect(await problemOf()).toMatchObject({ problem: "not-verified", leftover: true });
    // One answer without it is enough: that passkey is not even asked again.
    expect(authenticator.readings).toBe(0);
    authenticator.verified = true;
    await enrol();
    authenticator.verified = false;
    expect(await passkeys().unlock()).toMatchObject({ problem: "not-verified", leftover: false });
  });

  test.each([
    ["NotAllowedError", "cancelled", "by-hand"],
    ["AbortError", "cancelled", "by-hand"],
    ["InvalidStateError", "made-before", "by-hand"],
    ["SecurityError", "wrong-domain", "never"],
    ["NotSupportedError", "unsuitable", "by-hand"],
    ["ConstraintError", "unsuitable", "by-hand"],
    ["UnknownError", "failed", "by-hand"],
  ])("that ends a creation with %s says what the user does next", async (error, problem, next) => {
    authenticator.creation = { error };
    expect(await problemOf()).toMatchObject({ kind: "problem", problem, next, leftover: false });
  });

  test.each([
    ["NotAllowedError", "cancelled"],
    ["InvalidStateError", "failed"],
    ["SecurityError", "wrong-domain"],
    ["constructor", "failed"],
  ])("that ends a reading with %s opens nothing, and says what the user does next", async (error, problem) => {
    await enrol();
    fleet.seen.length = 0;
    authenticator.reading = () => ({ error });
    expect(await passkeys().unlock()).toMatchObject({ kind: "problem", problem, leftover: false });
    expect(fleet.seen).toEqual([]);
  });

  test("whose page gives up before the second question leaves a passkey that its provider hears of", async () => {
    const told = vi.fn(async () => undefined);
    vi.stubGlobal("PublicKeyCredential", { signalUnknownCredential: told });
    const beforeAgain = () => Promise.reject(new Error("the page was left"));
    const wish = { name: "Key", userName: "alice@app.example", besides: CODE, beforeAgain };
    await expect(passkeys().enrol(secret, wish)).rejects.toThrow("the page was left");
    expect([told.mock.calls.length, store.objects.size]).toEqual([1, 0]);
    vi.unstubAllGlobals();
  });

  test("that is cancelled at the second question leaves a passkey, and says so", async () => {
    authenticator.reading = () => ({ error: "NotAllowedError" });
    const end = await problemOf();
    expect(end).toMatchObject({ problem: "cancelled", leftover: true });
    expect(end.whatToDoNext).toContain("opens nothing: delete it");
  });

  test("that came to a new device without its secret, or with another, costs no guess", async () => {
    await enrol();
    fleet.seen.length = 0;
    expect(await newDevice(false).unlock()).toMatchObject({ problem: "prf-missing", next: "by-hand" });
    const changed = authenticator.copied(false);
    changed.prf = "at-get";
    const end = await passkeys(new Device(fleet), { credentials: changed }).unlock();
    expect(end).toMatchObject({ problem: "changed", next: "by-hand" });
    expect(end.whatToDoNext).toContain("recovery code");
    expect(fleet.seen).toEqual([]);
  });

  test("is not there at all", async () => {
    const { credentials: _, ...rest } = { client: device.client, store, rp: RP, credentials: undefined };
    const bare = new Passkeys(rest);
    expect(await enrol("Laptop", CODE, bare)).toMatchObject({ problem: "unavailable", next: "never" });
    expect(await passkeys().unlock()).toMatchObject({ problem: "no-passkeys", next: "never" });
  });

  test("that has a passkey of this account already makes no second one", async () => {
    await enrol();
    expect(await enrol()).toMatchObject({ problem: "made-before", leftover: false });
    expect(store.objects.size).toBe(1);
  });

  test("of another user, or for another domain, is none of this account", async () => {
    await enrol();
    const file = decodeUnlock(store.objects.get("unlock/passkey-1") as Bytes, "passkey-1");
    const stranger = authenticator.copied(true);
    stranger.held.splice(0, 1, {
      ...(stranger.held[0] as (typeof stranger.held)[number]),
      userHandle: new Uint8Array(32),
    });
    expect(file).toBeDefined();
    const of = passkeys(new Device(fleet), { credentials: stranger });
    expect(await of.unlock()).toMatchObject({ problem: "unknown-passkey" });
    const elsewhere = passkeys(device, { rp: { id: "other.example", name: "Other" } });
    expect(await elsewhere.unlock()).toMatchObject({ problem: "no-passkeys" });
  });
});
