import type { ClientMemory } from "../client/ports.js";
import type { Bytes } from "../codec/bytes.js";

const STORE = "memory";

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another version of this app holds the database"));
  });
}

/**
 * A browser's memory. Every value is on disk when `store` resolves (`durability: "strict"`), and one tab at a time works
 * with it (Web Locks). Every script of the origin can read it, as it could read what the user types.
 */
export class IndexedDbMemory implements ClientMemory {
  readonly #name: string;
  #database: Promise<IDBDatabase> | undefined;

  constructor(name = "coffer") {
    this.#name = name;
  }

  async #transaction(mode: IDBTransactionMode): Promise<IDBTransaction> {
    this.#database ??= open(this.#name).then((database) => {
      // Another tab deletes or upgrades it, or the browser does: opened anew when it is next wanted.
      const forget = () => {
        this.#database = undefined;
      };
      database.onversionchange = () => {
        database.close();
        forget();
      };
      database.onclose = forget;
      return database;
    });
    try {
      return (await this.#database).transaction(STORE, mode, { durability: "strict" });
    } catch (error) {
      this.#database = undefined;
      throw error;
    }
  }

  async load(name: string): Promise<Bytes | undefined> {
    const transaction = await this.#transaction("readonly");
    const request = transaction.objectStore(STORE).get(name);
    await finished(transaction);
    const value: unknown = request.result;
    if (value === undefined) {
      return undefined;
    }
    if (!(value instanceof Uint8Array)) {
      throw new Error("the database holds something else than octets");
    }
    return new Uint8Array(value);
  }

  async store(name: string, value: Bytes): Promise<void> {
    const transaction = await this.#transaction("readwrite");
    transaction.objectStore(STORE).put(value, name);
    await finished(transaction);
  }

  async erase(name: string): Promise<void> {
    const transaction = await this.#transaction("readwrite");
    transaction.objectStore(STORE).delete(name);
    await finished(transaction);
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    // Without the API two tabs are kept apart by nothing: the caller's responsibility, as README says.
    const locks = globalThis.navigator?.locks;
    return locks === undefined ? work() : (locks.request(`coffer-memory-${this.#name}`, work) as Promise<T>);
  }
}
