import type { Bytes } from "../../src/codec/bytes.js";
import type { UnlockStore } from "../../src/passkey/index.js";

/** An app's server, as far as it keeps unlock files. */
export class MapUnlocks implements UnlockStore {
  readonly objects = new Map<string, Bytes>();
  /** Everything that was ever sent to it. */
  readonly sent: Bytes[] = [];
  fails = false;
  /** The next change happens, and its answer is lost. */
  losesAnswer = false;

  async #answering<T>(answer: () => T): Promise<T> {
    if (this.fails) {
      throw new Error("503");
    }
    return answer();
  }

  async #changing<T>(change: () => T): Promise<T> {
    const changed = await this.#answering(change);
    if (this.losesAnswer) {
      this.losesAnswer = false;
      throw new Error("reset");
    }
    return changed;
  }

  #keep(name: string, content: Bytes): void {
    this.sent.push(content.slice());
    this.objects.set(name, content.slice());
  }

  get(name: string): Promise<Bytes | undefined> {
    return this.#answering(() => this.objects.get(name)?.slice());
  }

  async *list(prefix: string): AsyncGenerator<string, void, void> {
    yield* await this.#answering(() => [...this.objects.keys()].filter((name) => name.startsWith(prefix)));
  }

  put(name: string, content: Bytes): Promise<void> {
    return this.#changing(() => this.#keep(name, content));
  }

  add(name: string, content: Bytes): Promise<boolean> {
    return this.#changing(() => {
      const free = !this.objects.has(name);
      if (free) {
        this.#keep(name, content);
      }
      return free;
    });
  }

  remove(name: string): Promise<void> {
    return this.#changing(() => void this.objects.delete(name));
  }
}
