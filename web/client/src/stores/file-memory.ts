import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ClientMemory } from "../client/ports.js";
import type { Bytes } from "../codec/bytes.js";
import { invariant } from "../codec/bytes.js";

const NAME = /^[a-z0-9-]{1,160}$/;

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** A memory for Node.js: one file a value in a folder that only this user reads, each replaced all or nothing. */
export class FileMemory implements ClientMemory {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(name: string): string {
    invariant(NAME.test(name), "a name in memory is of a-z, 0-9 and hyphens");
    return join(this.#folder, name);
  }

  async load(name: string): Promise<Bytes | undefined> {
    try {
      return new Uint8Array(await readFile(this.#path(name)));
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  async store(name: string, value: Bytes): Promise<void> {
    const path = this.#path(name);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = `${path}.draft`;
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(value);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await this.#syncFolder();
  }

  async erase(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
    await this.#syncFolder().catch((error: unknown) => {
      if (!isMissing(error)) {
        throw error;
      }
    });
  }

  /** A renamed or removed entry is durable once its folder is. */
  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
