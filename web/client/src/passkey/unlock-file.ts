import { type Bytes, concat, invariant, wipe } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import { decode, type Reader } from "../codec/reader.js";
import { accepted, Rejected } from "../codec/rejected.js";
import { Writer } from "../codec/writer.js";
import * as aead from "../crypto/aead.js";
import { hkdf } from "../crypto/hash.js";
import type { Randomness } from "../crypto/hpke.js";
import { SLOTS, type Slot } from "../protocol/subject.js";
import type { BackupSecret } from "../secret/secrets.js";

/** What lies beside the backups for one passkey (PROTOCOL.md §7.2): useless without the passkey, and without the vault. */

export const UNLOCKS = "unlock/";

const VERSION = 1;
const CODE = 32;
const SALT = 32;
const ABOUT = 128;
const RP_ID_MAX = 253;
const CREDENTIAL_ID_MAX = 1023;
const USER_HANDLE_MAX = 64;
const TRANSPORTS_MAX = 64;

/** Octets of a name in UTF-8. */
export const NAME_MAX = 100;

/** An unlock file has at most as many octets. */
export const UNLOCK_MAX = 2048;

/** A slot that a passkey may have. */
export type PasskeySlot = Exclude<Slot, "code">;

export const PASSKEY_SLOTS = SLOTS.filter((slot): slot is PasskeySlot => slot !== "code");

/** Whose passkeys. The fleet is not named: a registration moves from one to another. */
export interface Owner {
  readonly tenant: string;
  readonly account: string;
}

/** What everybody may read who has the file; both seals cover it. */
export interface UnlockHead {
  readonly slot: PasskeySlot;
  /** The domain that the passkey is for. */
  readonly rpId: string;
  readonly credentialId: Bytes;
  readonly userHandle: Bytes;
  /** How the authenticator can be reached, for the browser's questions. */
  readonly transports: readonly string[];
  readonly salt: Bytes;
}

/** What the user reads of a passkey, under K. */
export interface About {
  readonly name: string;
  /** Seconds since 1970, by the clock of the device that made it. */
  readonly created: bigint;
  /** Whether its provider brings it to the user's other devices, as it said then. */
  readonly synced: boolean;
}

export interface UnlockFile {
  readonly head: UnlockHead;
  readonly sealedCode: Bytes;
  readonly sealedAbout: Bytes;
}

const SEALED_CODE = Limits.AEAD_NONCE + CODE + Limits.AEAD_TAG;
const SEALED_ABOUT = Limits.AEAD_NONCE + ABOUT + Limits.AEAD_TAG;

export function unlockName(slot: PasskeySlot): string {
  return UNLOCKS + slot;
}

function encodeHead({ slot, rpId, credentialId, userHandle, transports, salt }: UnlockHead): Bytes {
  const out = new Writer().u8(VERSION).string(slot).string(rpId).string(credentialId).string(userHandle);
  return out.string(transports.join(",")).raw(salt).bytes();
}

export function encodeUnlock({ head, sealedCode, sealedAbout }: UnlockFile): Bytes {
  return concat(encodeHead(head), sealedCode, sealedAbout);
}

function readUnlock(reader: Reader): UnlockFile {
  reader.number(VERSION, VERSION, reader.u8(), "version of an unlock");
  const slot = reader.text(Limits.SLOT_MAX, "slot");
  const known = PASSKEY_SLOTS.find((one) => one === slot);
  if (known === undefined) {
    throw new Rejected("OUT_OF_RANGE", "slot");
  }
  const head: UnlockHead = {
    slot: known,
    rpId: reader.text(RP_ID_MAX, "domain"),
    credentialId: reader.string(CREDENTIAL_ID_MAX, "credential"),
    userHandle: reader.string(USER_HANDLE_MAX, "user handle"),
    transports: reader.text(TRANSPORTS_MAX, "transports").split(",").filter(Boolean),
    salt: reader.raw(SALT),
  };
  return { head, sealedCode: reader.raw(SEALED_CODE), sealedAbout: reader.raw(SEALED_ABOUT) };
}

/** The file of that slot; nothing for anything else. */
export function decodeUnlock(octets: Bytes, slot: PasskeySlot): UnlockFile | undefined {
  const file = octets.length > UNLOCK_MAX ? undefined : accepted(() => decode(octets, readUnlock));
  return file?.head.slot === slot ? file : undefined;
}

async function sealed(randomness: Randomness, key: Bytes, aad: Writer, plaintext: Bytes): Promise<Bytes> {
  const nonce = randomness(Limits.AEAD_NONCE);
  return concat(nonce, await aead.seal(key, nonce, aad.bytes(), plaintext));
}

/** Nothing unless this key sealed it. */
async function opened(key: Bytes, aad: Writer, octets: Bytes): Promise<Bytes | undefined> {
  try {
    const nonce = octets.slice(0, Limits.AEAD_NONCE);
    return await aead.open(key, nonce, aad.bytes(), octets.slice(Limits.AEAD_NONCE));
  } catch (error) {
    if (error instanceof Rejected) {
      return undefined;
    }
    throw error;
  }
}

function codeKey(output: Bytes, { rpId, credentialId, userHandle, salt }: UnlockHead): Bytes {
  return hkdf(output, tuple("passkey-key", rpId, credentialId, userHandle), 32, salt);
}

function codeContext({ tenant, account }: Owner, head: UnlockHead): Writer {
  return tuple("passkey-seal", tenant, account, encodeHead(head));
}

/** Seals the code of a slot by what the passkey's PRF gave, 32 octets. */
export async function sealCode(
  randomness: Randomness,
  output: Bytes,
  owner: Owner,
  head: UnlockHead,
  code: Bytes,
): Promise<Bytes> {
  invariant(code.length === CODE && output.length === 32, "the code and what seals it have 32 octets");
  const key = codeKey(output, head);
  try {
    return await sealed(randomness, key, codeContext(owner, head), code);
  } finally {
    wipe(key);
  }
}

/** The code, which the caller wipes; nothing where the passkey gives another output than when it was set up. */
export async function openCode(output: Bytes, owner: Owner, file: UnlockFile): Promise<Bytes | undefined> {
  const key = codeKey(output, file.head);
  try {
    return await opened(key, codeContext(owner, file.head), file.sealedCode);
  } finally {
    wipe(key);
  }
}

function nameKey(secret: BackupSecret, { tenant, account }: Owner): Bytes {
  const octets = secret.copy();
  const key = hkdf(octets, tuple("passkey-name-key", tenant, account), 32);
  wipe(octets);
  return key;
}

function nameContext({ tenant, account }: Owner, head: UnlockHead): Writer {
  return tuple("passkey-name-seal", tenant, account, encodeHead(head));
}

/** Seals what the user reads under K, in one size whatever the name is. */
export async function sealAbout(
  randomness: Randomness,
  secret: BackupSecret,
  owner: Owner,
  head: UnlockHead,
  { name, created, synced }: About,
): Promise<Bytes> {
  const plaintext = new Writer().u64(created).bool(synced).string(name).padTo(ABOUT).bytes();
  const key = nameKey(secret, owner);
  try {
    return await sealed(randomness, key, nameContext(owner, head), plaintext);
  } finally {
    wipe(key);
  }
}

/** Nothing where another K, or nobody who had K, wrote it. */
export async function openAbout(secret: BackupSecret, owner: Owner, file: UnlockFile): Promise<About | undefined> {
  const key = nameKey(secret, owner);
  try {
    const plaintext = await opened(key, nameContext(owner, file.head), file.sealedAbout);
    return plaintext && accepted(() => decode(plaintext, readAbout));
  } finally {
    wipe(key);
  }
}

function readAbout(reader: Reader): About {
  const created = reader.u64();
  const synced = reader.bool();
  const name = reader.text(NAME_MAX, "name");
  reader.padding();
  return { name, created, synced };
}
