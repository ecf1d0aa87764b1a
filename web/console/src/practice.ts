import type { Bytes, ClientMemory, KeyStretching, KsfParameters, Randomness, RecoveryCode } from "@coffer/client";

/** What this device keeps for its owner alone: a verifier of the code, to practise, and when each unlock was used. */

/** As the vault's own: 64 MiB, three passes. */
const PARAMETERS: KsfParameters = { memoryKibibytes: 65536, passes: 3, lanes: 1 };
const TIME = 8;
const SALT = 16;
const SIZE = TIME + SALT + 64;

export interface KeptOn {
  readonly memory: ClientMemory;
  readonly account: string;
  /** Milliseconds since 1970. */
  readonly millis: () => number;
}

export interface PracticeOptions extends KeptOn {
  readonly stretching: KeyStretching;
  readonly randomness: Randomness;
}

type Stretched = Parameters<KeyStretching> extends [Bytes, Bytes, KsfParameters, ...infer More] ? More : never;

/**
 * A verifier of the code, as the Java command keeps one: when, a salt of its own, and Argon2id of the code. It shares
 * nothing with what the vault holds. Whoever reads this device's storage tries codes against it, uncounted: only kept
 * where the user asks for it.
 */
export class Practice {
  #kept: Bytes | undefined;
  readonly #options: PracticeOptions;

  constructor(options: PracticeOptions) {
    this.#options = options;
  }

  get #name(): string {
    return `practice-${this.#options.account}`;
  }

  /** Reads what is kept. Something else than a verifier is none. */
  async open(): Promise<this> {
    const kept = await this.#options.memory.load(this.#name).catch(() => undefined);
    this.#kept = kept?.length === SIZE ? kept : undefined;
    return this;
  }

  /** When the code was right, in milliseconds since 1970; none where nothing is kept. */
  get since(): number | undefined {
    return this.#kept && Number(new DataView(this.#kept.buffer, this.#kept.byteOffset).getBigUint64(0)) * 1000;
  }

  /** Keeps a verifier of a code that was just right, in the place of any other. */
  async keep(code: RecoveryCode, ...more: Stretched): Promise<void> {
    await this.forget();
    const kept = new Uint8Array(SIZE);
    new DataView(kept.buffer).setBigUint64(0, BigInt(Math.floor(this.#options.millis() / 1000)));
    kept.set(this.#options.randomness(SALT), TIME);
    kept.set(await this.#stretched(code, kept.slice(TIME, TIME + SALT), more), TIME + SALT);
    await this.#options.memory.store(this.#name, kept.slice());
    this.#kept = kept;
  }

  /** Whether it is the code that was kept. Takes as long as a recovery does here; a failure is thrown, never "wrong". */
  async isRight(code: RecoveryCode, ...more: Stretched): Promise<boolean> {
    const kept = this.#kept as Bytes;
    const stretched = await this.#stretched(code, kept.slice(TIME, TIME + SALT), more);
    return stretched.reduce((differs, octet, at) => differs | (octet ^ (kept[TIME + SALT + at] as number)), 0) === 0;
  }

  async forget(): Promise<void> {
    // What could not be erased is still there, and is said to be.
    await this.#options.memory.erase(this.#name);
    this.#kept = undefined;
  }

  async #stretched(code: RecoveryCode, salt: Bytes, more: Stretched): Promise<Bytes> {
    const input = code.normalised();
    try {
      return await this.#options.stretching(input, salt, PARAMETERS, ...more);
    } finally {
      input.fill(0);
    }
  }
}

/** What opens the key; `practice` is the code that was typed for this device alone. */
export type Used = "code" | "practice" | "key" | "passkey";

/** When each unlock was last used on this device, in milliseconds since 1970. Nobody else knows. */
export class Uses {
  #times = new Map<string, number>();
  readonly #options: KeptOn;

  constructor(options: KeptOn) {
    this.#options = options;
  }

  get #name(): string {
    return `uses-${this.#options.account}`;
  }

  async open(): Promise<this> {
    try {
      const kept = await this.#options.memory.load(this.#name);
      const read: unknown = kept === undefined ? [] : JSON.parse(new TextDecoder().decode(kept));
      const entries = Array.isArray(read) ? read : [];
      this.#times = new Map(entries.filter(([name, time]) => typeof name === "string" && typeof time === "number"));
    } catch {
      this.#times = new Map();
    }
    return this;
  }

  last(used: Used): number | undefined {
    return this.#times.get(used);
  }

  /** Takes note of it. A device that cannot store it forgets it with the page. */
  async note(used: Used): Promise<void> {
    this.#times.set(used, this.#options.millis());
    const octets = new TextEncoder().encode(JSON.stringify([...this.#times])) as Bytes;
    await this.#options.memory.store(this.#name, octets).catch(() => undefined);
  }
}
