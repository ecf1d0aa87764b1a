import type { ClientMemory } from "../client/ports.js";
import type { Bytes } from "../codec/bytes.js";

/** A memory as long as this object: for tests, and for pages that ask the user again after a reload. */
export class MapMemory implements ClientMemory {
  readonly #values = new Map<string, Bytes>();

  async load(name: string): Promise<Bytes | undefined> {
    return this.#values.get(name)?.slice();
  }

  async store(name: string, value: Bytes): Promise<void> {
    this.#values.set(name, value.slice());
  }

  async erase(name: string): Promise<void> {
    this.#values.get(name)?.fill(0);
    this.#values.delete(name);
  }
}
