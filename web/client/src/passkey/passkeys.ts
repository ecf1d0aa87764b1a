import type { Progress } from "../client/context.js";
import type { Authority } from "../client/enroller.js";
import type { VaultClient } from "../client/vault-client.js";
import { type Bytes, equal, NONE, utf8, wipe } from "../codec/bytes.js";
import { type Randomness, systemRandomness } from "../crypto/hpke.js";
import { type BackupSecret, RecoveryCode } from "../secret/secrets.js";
import { sameKey } from "../secret/sixty-four-digits.js";
import {
  CeremonyFailed,
  type Credentials,
  createPasskey,
  type Descriptor,
  type Reading,
  readPasskey,
  tellUseless,
} from "./ceremony.js";
import {
  enrolledPasskey,
  LISTED,
  NOT_YOURS_TO_REVOKE,
  type Passkey,
  type PasskeyEnrolment,
  type PasskeyList,
  type PasskeyProblem,
  problem,
  RENAMED,
  REVOKED_PASSKEY,
  type Renaming,
  type Revocation,
  refusedBy,
  Stopped,
  type Unlocking,
  unfinished,
  unlocked,
} from "./outcomes.js";
import {
  type About,
  decodeUnlock,
  encodeUnlock,
  NAME_MAX,
  type Owner,
  openAbout,
  openCode,
  PASSKEY_SLOTS,
  type PasskeySlot,
  sealAbout,
  sealCode,
  type UnlockFile,
  type UnlockHead,
} from "./unlock-file.js";
import { UnlockFiles, type UnlockStore } from "./unlock-store.js";

export interface PasskeysOptions {
  /** Asked in slots of its own, one a passkey. */
  readonly client: VaultClient;
  readonly store: UnlockStore;
  /** The domain that the passkeys are for, which is the page's or above it, and the app's name. */
  readonly rp: { readonly id: string; readonly name: string };
  /** The browser's if left out. */
  readonly credentials?: Credentials;
  readonly randomness?: Randomness;
  /** Seconds since 1970, by the device's clock. */
  readonly seconds?: () => number;
}

export interface PasskeyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What a passkey is set up with. */
export interface PasskeyWish {
  /** What the user calls the passkey, at most 100 octets; kept under K. */
  readonly name: string;
  /** What the browser's own lists show for it, such as an e-mail address. */
  readonly userName: string;
  readonly besides: OtherUnlock;
  /**
   * Waited for before the passkey is asked once more. Browsers that want a touch of the page for every question get it
   * here: let a button resolve it.
   */
  readonly beforeAgain?: () => Promise<void>;
}

/** What opens the backups where every passkey is gone. */
export type OtherUnlock =
  /**
   * The recovery code: the vault is asked whether one is registered. It does not say whose K that one protects: on an
   * account without a code, one that a thief of the login registered counts, too.
   */
  | { readonly kind: "code" }
  /** The 64-digit key, as the user typed it from paper. */
  | { readonly kind: "key"; readonly typed: string };

/** A new passkey, with the two readings in one. */
interface Proven {
  readonly head: Omit<UnlockHead, "slot" | "salt">;
  readonly output: Bytes;
  readonly synced: boolean;
}

/**
 * A user's passkeys. The secret that a passkey gives opens 32 random octets, which are the recovery code of a slot of the
 * passkey's own with the vault: so a passkey alone, or its unlock file alone, or both without the vault, open nothing, and
 * each passkey is revoked at the vault without touching another.
 *
 * No passkey is ever the only unlock. Calls about the same account are not made at once in one page: browsers show one
 * question at a time.
 */
export class Passkeys {
  readonly #options: Required<Omit<PasskeysOptions, "credentials">>;
  readonly #credentials: Credentials | undefined;
  readonly #files: UnlockFiles;

  constructor(options: PasskeysOptions) {
    this.#options = { randomness: systemRandomness, seconds: () => Date.now() / 1000, ...options };
    this.#credentials = options.credentials ?? globalThis.navigator?.credentials;
    this.#files = new UnlockFiles(options.store);
  }

  /**
   * Makes a passkey and sets it up as an unlock of K. Asks the user twice or three times: it counts only once two readings
   * agree. What it costs where it breaks off is a passkey that opens nothing, or one that {@link Passkeys.finish} goes on with.
   */
  enrol(secret: BackupSecret, wish: PasskeyWish, options: PasskeyOptions = {}): Promise<PasskeyEnrolment> {
    const { name, besides } = wish;
    return this.#guarded<PasskeyEnrolment>(async () => {
      checkName(name);
      const { files, taken } = await this.#files.all();
      if (taken.size === PASSKEY_SLOTS.length) {
        return problem("full");
      }
      const other = await this.#other(besides, secret, options);
      if (other !== undefined) {
        return other;
      }
      const made = await this.#created(wish, files, options.signal);
      try {
        return await this.#kept(made, name, secret, taken, options);
      } finally {
        wipe(made.output);
      }
    });
  }

  /**
   * Goes on where {@link Passkeys.enrol} ended as `unfinished`, in a later life of the page, too: asks for that passkey,
   * and first for the other unlock once more, which may have gone since.
   */
  finish(
    slot: PasskeySlot,
    secret: BackupSecret,
    besides: OtherUnlock,
    options: PasskeyOptions = {},
  ): Promise<PasskeyEnrolment> {
    return this.#guarded<PasskeyEnrolment>(async () => {
      const file = await this.#files.of(slot);
      const other = await this.#other(besides, secret, options);
      if (other !== undefined) {
        return other;
      }
      const code = await this.#codeOf([file], options);
      try {
        const synced = (await openAbout(secret, this.#owner, file))?.synced ?? false;
        return await this.#registered(slot, code.code, secret, synced, options);
      } finally {
        code.code.destroy();
      }
    });
  }

  /**
   * Brings K back by whichever of the user's passkeys is at hand: one guess in that passkey's slot, and none where the
   * passkey does not open its file. Unfinished calls go on as those of a code do.
   */
  unlock(options: PasskeyOptions = {}): Promise<Unlocking> {
    return this.#guarded<Unlocking>(async () => {
      const { files } = await this.#files.all();
      const { slot, code } = await this.#codeOf(files, options);
      try {
        return unlocked(await this.#options.client.recover(code, { ...options, slot }));
      } finally {
        code.destroy();
      }
    });
  }

  /** The passkeys in the order of their slots. Asks neither a passkey nor the vault. */
  list(secret: BackupSecret): Promise<PasskeyList> {
    return this.#guarded<PasskeyList>(async () => {
      const { files, taken } = await this.#files.all();
      const passkeys: Passkey[] = [];
      for (const file of files) {
        const about = await openAbout(secret, this.#owner, file);
        const created = about === undefined ? undefined : Number(about.created);
        passkeys.push({ slot: file.head.slot, name: about?.name, created, synced: about?.synced });
      }
      const sound = new Set(files.map(({ head }) => head.slot));
      const damaged = PASSKEY_SLOTS.filter((slot) => taken.has(slot) && !sound.has(slot));
      return { ...LISTED, passkeys, damaged };
    });
  }

  /** Gives a passkey another name; its provider's own lists keep theirs. */
  rename(slot: PasskeySlot, name: string, secret: BackupSecret): Promise<Renaming> {
    return this.#guarded<Renaming>(async () => {
      checkName(name);
      const file = await this.#files.of(slot);
      const about = await openAbout(secret, this.#owner, file);
      if (about === undefined) {
        return problem("unknown-passkey");
      }
      const sealedAbout = await this.#sealedAbout(secret, file.head, { ...about, name });
      await this.#files.replace({ ...file, sealedAbout });
      return RENAMED;
    });
  }

  /**
   * Deletes what the vault has for a passkey, and then its file: also of a slot whose file is damaged or gone. What was
   * begun and broke off is done by the same call.
   *
   * @param authority K, or the login where the fleet's settings allow it
   */
  revoke(slot: PasskeySlot, authority: Authority, options: PasskeyOptions = {}): Promise<Revocation> {
    return this.#guarded<Revocation>(async () => {
      const end = await this.#options.client.forget(authority, { ...options, slot });
      switch (end.kind) {
        case "forgotten":
        case "not-registered":
          break;
        case "not-authorised":
          return NOT_YOURS_TO_REVOKE;
        case "try-again":
        case "untrusted":
          return end;
      }
      // A crash here leaves a file that opens nothing; revoking once more takes it away.
      const file = await this.#files.remove(slot);
      const own =
        file !== undefined && authority.kind === "owner" && (await openAbout(authority.secret, this.#owner, file));
      if (own) {
        // Of files under K alone: a store that made one up could name the user's passkey of the app's login.
        await tellUseless(file.head.rpId, file.head.credentialId);
      }
      return REVOKED_PASSKEY;
    });
  }

  get #owner(): Owner {
    return this.#options.client.owner;
  }

  /** Turns what stops a call into a value. */
  async #guarded<T>(work: () => Promise<T>): Promise<T | PasskeyProblem> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Stopped) {
        return problem(error.problem, error.leftover);
      }
      if (error instanceof CeremonyFailed) {
        return problem(error.failure);
      }
      throw error;
    }
  }

  get #platform(): Credentials {
    if (this.#credentials === undefined) {
      throw new Stopped("unavailable");
    }
    return this.#credentials;
  }

  /** What ends an enrolment because no other unlock is known to be there. */
  async #other(
    besides: OtherUnlock,
    secret: BackupSecret,
    options: PasskeyOptions,
  ): Promise<PasskeyEnrolment | undefined> {
    if (besides.kind === "key") {
      return sameKey(besides.typed, secret) ? undefined : problem("no-other-unlock");
    }
    const code = await this.#options.client.registered({ ...options, slot: "code" });
    switch (code.kind) {
      case "registered":
        return undefined;
      case "not-registered":
        return problem("no-other-unlock");
      case "try-again":
      case "untrusted":
        return code;
    }
  }

  /** A new passkey that gave the same output twice. */
  async #created(
    { userName, beforeAgain }: PasskeyWish,
    files: readonly UnlockFile[],
    signal: AbortSignal | undefined,
  ): Promise<Proven> {
    const { randomness, rp } = this.#options;
    const userHandle = randomness(32);
    const known = files.map(({ head }) => head);
    const made = await createPasskey(this.#platform, randomness, { rp, userHandle, userName, known }, signal);
    const { credentialId, transports, synced } = made;
    const head = { rpId: rp.id, credentialId, userHandle, transports };
    return { head, output: await this.#orLeftOver(head, () => this.#readTwice(made, beforeAgain, signal)), synced };
  }

  /** Where a passkey is made and nothing comes of it, its provider and the user are told. */
  async #orLeftOver<T>({ rpId, credentialId }: Proven["head"], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await tellUseless(rpId, credentialId);
      if (error instanceof Stopped) {
        throw new Stopped(error.problem, true);
      }
      throw error instanceof CeremonyFailed ? new Stopped(error.failure, true) : error;
    }
  }

  async #readTwice(
    made: Reading,
    beforeAgain: PasskeyWish["beforeAgain"],
    signal: AbortSignal | undefined,
  ): Promise<Bytes> {
    const read = async () => {
      await beforeAgain?.();
      return (await this.#read([made], signal)).output;
    };
    if (!made.verified) {
      throw new Stopped("not-verified");
    }
    if (!made.capable) {
      throw new Stopped("no-prf");
    }
    const first = made.output ?? (await read());
    if (first === undefined) {
      throw new Stopped("no-prf");
    }
    const second = await read();
    const steady = second !== undefined && equal(first, second);
    wipe(second ?? NONE);
    if (!steady) {
      wipe(first);
      throw new Stopped("unsteady");
    }
    return first;
  }

  /** One of these passkeys, by its user. */
  async #read(known: readonly Descriptor[], signal: AbortSignal | undefined): Promise<Reading> {
    const { randomness, rp } = this.#options;
    const reading = await readPasskey(this.#platform, randomness, rp.id, known, signal);
    if (!reading.verified) {
      wipe(reading.output ?? NONE);
      throw new Stopped("not-verified");
    }
    return reading;
  }

  /**
   * Stores the file in a slot that is free, and then registers the slot: whoever stored the file has the slot. Where
   * something that K does not open is registered there, which whoever has the login can bring about, the next one is taken.
   */
  async #kept(
    made: Proven,
    name: string,
    secret: BackupSecret,
    taken: ReadonlySet<PasskeySlot>,
    options: PasskeyOptions,
  ): Promise<PasskeyEnrolment> {
    const code = this.#options.randomness(32);
    const recoveryCode = RecoveryCode.ofPasskey(code);
    try {
      let end: PasskeyEnrolment | undefined;
      for (const slot of PASSKEY_SLOTS.filter((one) => !taken.has(one))) {
        const file = await this.#orLeftOver(made.head, () => this.#sealed(made, slot, name, secret, code));
        if (await this.#orLeftOver(made.head, () => this.#files.add(file))) {
          end = await this.#registered(slot, recoveryCode, secret, made.synced, options);
          if (end.kind !== "refused" || end.reason !== "not-authorised") {
            return end;
          }
          await this.#files.remove(slot);
        }
      }
      await tellUseless(made.head.rpId, made.head.credentialId);
      return end ?? problem("full", true);
    } finally {
      wipe(code);
      recoveryCode.destroy();
    }
  }

  async #sealed(
    { head: passkey, output, synced }: Proven,
    slot: PasskeySlot,
    name: string,
    secret: BackupSecret,
    code: Bytes,
  ): Promise<UnlockFile> {
    const { randomness, seconds } = this.#options;
    const head: UnlockHead = { ...passkey, slot, salt: randomness(32) };
    const about = { name, created: BigInt(Math.max(0, Math.floor(seconds()))), synced };
    const sealedCode = await sealCode(randomness, output, this.#owner, head, code);
    const file = { head, sealedCode, sealedAbout: await this.#sealedAbout(secret, head, about) };
    await this.#checkOpens(file, output, code);
    return file;
  }

  /** As it will be read: what does not open now never opens. */
  async #checkOpens(file: UnlockFile, output: Bytes, code: Bytes): Promise<void> {
    const read = decodeUnlock(encodeUnlock(file), file.head.slot);
    const opened = read && (await openCode(output, this.#owner, read));
    if (opened === undefined || !equal(opened, code)) {
      throw new Stopped("failed");
    }
    wipe(opened);
  }

  #sealedAbout(secret: BackupSecret, head: UnlockHead, about: About): Promise<Bytes> {
    return sealAbout(this.#options.randomness, secret, this.#owner, head, about);
  }

  /** By K: what may be registered in the slot of a new file is a leftover, or this code. */
  async #registered(
    slot: PasskeySlot,
    code: RecoveryCode,
    secret: BackupSecret,
    synced: boolean,
    options: PasskeyOptions,
  ): Promise<PasskeyEnrolment> {
    const enrolment = await this.#options.client.enrol(code, secret, { kind: "owner", secret }, { ...options, slot });
    switch (enrolment.kind) {
      case "enrolled":
        return enrolledPasskey(slot, synced);
      case "try-again":
        return unfinished(slot, enrolment);
      case "untrusted":
        return enrolment;
      case "not-authorised":
      case "not-acceptable":
      case "exhausted":
        return refusedBy(enrolment.kind, slot);
    }
  }

  /** The code of whichever of these passkeys is at hand. */
  async #codeOf(
    files: readonly UnlockFile[],
    { signal }: PasskeyOptions,
  ): Promise<{ readonly slot: PasskeySlot; readonly code: RecoveryCode }> {
    const here = files.filter(({ head }) => head.rpId === this.#options.rp.id);
    if (here.length === 0) {
      throw new Stopped("no-passkeys");
    }
    const { credentialId, userHandle, output } = await this.#read(
      here.map(({ head }) => head),
      signal,
    );
    if (output === undefined) {
      throw new Stopped("prf-missing");
    }
    try {
      const file = here.find(({ head }) => equal(head.credentialId, credentialId));
      if (file === undefined || (userHandle !== undefined && !equal(userHandle, file.head.userHandle))) {
        throw new Stopped("unknown-passkey");
      }
      const octets = await openCode(output, this.#owner, file);
      if (octets === undefined) {
        throw new Stopped("changed");
      }
      const code = RecoveryCode.ofPasskey(octets);
      wipe(octets);
      return { slot: file.head.slot, code };
    } finally {
      wipe(output);
    }
  }
}

function checkName(name: string): void {
  const size = utf8(name).length;
  if (size === 0 || size > NAME_MAX || !name.isWellFormed()) {
    throw new Stopped("unacceptable-name");
  }
}
