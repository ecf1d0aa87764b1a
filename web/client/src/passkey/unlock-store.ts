import type { ObjectStore } from "../backup/objects.js";
import type { Bytes } from "../codec/bytes.js";
import { Stopped } from "./outcomes.js";
import {
  decodeUnlock,
  encodeUnlock,
  PASSKEY_SLOTS,
  type PasskeySlot,
  UNLOCK_MAX,
  UNLOCKS,
  type UnlockFile,
  unlockName,
} from "./unlock-file.js";

/**
 * Where unlock files are kept: beside the backups, or with the app's server, for a new device needs them before it has K.
 * Trusted for nothing but to keep them: what it loses is lost, and what it alters or makes up opens nothing.
 */
export interface UnlockStore extends ObjectStore {
  /** Stores as `put` does if nothing has that name; otherwise it changes nothing and gives false. */
  add(name: string, content: Bytes): Promise<boolean>;
  /** Removes; no error if nothing has that name. */
  remove(name: string): Promise<void>;
}

/** What is in the store. Its own failures end a call, whatever they are. */
async function stored<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    throw new Stopped("store");
  }
}

/** The unlock files in a store. */
export class UnlockFiles {
  readonly #store: UnlockStore;

  constructor(store: UnlockStore) {
    this.#store = store;
  }

  async #read(slot: PasskeySlot): Promise<{ readonly file: UnlockFile | undefined } | undefined> {
    const octets = await this.#store.get(unlockName(slot), UNLOCK_MAX);
    return octets && { file: decodeUnlock(octets, slot) };
  }

  /** The files that can be read in the order of their slots, and every slot that has one. */
  all(): Promise<{ readonly files: readonly UnlockFile[]; readonly taken: ReadonlySet<PasskeySlot> }> {
    return stored(async () => {
      const names = new Set<string>();
      for await (const object of this.#store.list(UNLOCKS)) {
        names.add(typeof object === "string" ? object : object.name);
      }
      const files: UnlockFile[] = [];
      const taken = new Set<PasskeySlot>();
      for (const slot of PASSKEY_SLOTS.filter((one) => names.has(unlockName(one)))) {
        const read = await this.#read(slot);
        if (read !== undefined) {
          taken.add(slot);
          files.push(...(read.file === undefined ? [] : [read.file]));
        }
      }
      return { files, taken };
    });
  }

  async of(slot: PasskeySlot): Promise<UnlockFile> {
    const file = (await stored(() => this.#read(slot)))?.file;
    if (file === undefined) {
      throw new Stopped("unknown-passkey");
    }
    return file;
  }

  /** Whether the slot was free, and is this file's now. */
  add(file: UnlockFile): Promise<boolean> {
    return stored(() => this.#store.add(unlockName(file.head.slot), encodeUnlock(file)));
  }

  replace(file: UnlockFile): Promise<void> {
    return stored(() => this.#store.put(unlockName(file.head.slot), encodeUnlock(file)));
  }

  /** Gives what was there, if it could be read. */
  async remove(slot: PasskeySlot): Promise<UnlockFile | undefined> {
    const read = await stored(() => this.#read(slot));
    await stored(() => this.#store.remove(unlockName(slot)));
    return read?.file;
  }
}
