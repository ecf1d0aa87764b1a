import { expect, test } from "vitest";
import { hex } from "../../src/codec/bytes.js";
import { BackupSecret } from "../../src/index.js";
import {
  decodeUnlock,
  encodeUnlock,
  openAbout,
  openCode,
  type PasskeySlot,
  sealAbout,
  sealCode,
  type UnlockFile,
} from "../../src/passkey/unlock-file.js";
import { octets, shared } from "../vectors.js";

interface Vector {
  readonly tenant: string;
  readonly account: string;
  readonly slot: PasskeySlot;
  readonly output: string;
  readonly key: string;
  readonly code: string;
  readonly name: string;
  readonly created: number;
  readonly synced: boolean;
  readonly file: string;
}

test("an unlock file has the octets that Java writes, and opens", async () => {
  const v = shared<Vector>("passkey");
  const owner = { tenant: v.tenant, account: v.account };
  const secret = BackupSecret.of(octets(v.key));
  const read = decodeUnlock(octets(v.file), v.slot) as UnlockFile;
  const about = await openAbout(secret, owner, read);
  expect(about).toEqual({ name: v.name, created: BigInt(v.created), synced: v.synced });
  expect(hex((await openCode(octets(v.output), owner, read)) ?? new Uint8Array())).toBe(v.code);
  const sevens = (size: number) => new Uint8Array(size).fill(7);
  const { head } = read;
  const written = {
    head,
    sealedCode: await sealCode(sevens, octets(v.output), owner, head, octets(v.code)),
    sealedAbout: await sealAbout(sevens, secret, owner, head, about as NonNullable<typeof about>),
  };
  expect(hex(encodeUnlock(written))).toBe(v.file);
  expect(decodeUnlock(octets(v.file), "passkey-1")).toBeUndefined();
  expect(decodeUnlock(octets(`${v.file}00`), v.slot)).toBeUndefined();
});
