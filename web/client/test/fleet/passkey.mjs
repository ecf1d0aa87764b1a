// A passkey in a variable, for the Java tests that put the built client to a real fleet.
import { createHmac, randomBytes } from "node:crypto";

const octets = (source) => new Uint8Array(source);
const PRESENT_AND_VERIFIED = 0x05;

/** One authenticator with one passkey, which gives its output at every ceremony. */
export class Passkey {
  #id = octets(randomBytes(20));
  #seed = randomBytes(32);
  #userHandle = octets(32);

  #credential(options, response) {
    const first = octets(createHmac("sha256", this.#seed).update(options.extensions.prf.eval.first).digest());
    const results = { prf: { enabled: true, results: { first } } };
    return { type: "public-key", rawId: this.#id.slice().buffer, response, getClientExtensionResults: () => results };
  }

  #data() {
    return octets([...new Array(32).fill(0), PRESENT_AND_VERIFIED, 0, 0, 0, 1]).buffer;
  }

  async create({ publicKey }) {
    this.#userHandle = octets(publicKey.user.id);
    return this.#credential(publicKey, { getAuthenticatorData: () => this.#data(), getTransports: () => ["internal"] });
  }

  async get({ publicKey }) {
    const userHandle = this.#userHandle.slice().buffer;
    return this.#credential(publicKey, { authenticatorData: this.#data(), userHandle });
  }
}

/** The app's server, where all devices of this process find the unlock files. */
export class Unlocks {
  #objects = new Map();

  async get(name) {
    return this.#objects.get(name);
  }

  async *list(prefix) {
    yield* [...this.#objects.keys()].filter((name) => name.startsWith(prefix));
  }

  async put(name, content) {
    this.#objects.set(name, content.slice());
  }

  async add(name, content) {
    const free = !this.#objects.has(name);
    if (free) {
      await this.put(name, content);
    }
    return free;
  }

  async remove(name) {
    this.#objects.delete(name);
  }
}
