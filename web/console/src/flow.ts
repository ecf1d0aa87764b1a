import {
  BackupSecret,
  type CallOptions,
  type Enrolment,
  type Progress,
  parseKey,
  type Recovery,
  RecoveryCode,
  renderKey,
  type TryAgain,
  UnacceptableCode,
  UnreadableKey,
  type Untrusted,
  type VaultClient,
} from "@coffer/client";
import type { PasskeySlot, Passkeys } from "@coffer/client/passkey";
import type { Practice, Used, Uses } from "./practice.js";
import type { PasskeyEnd, Problem, Screen } from "./screen.js";

/** What the room *You* does, without a page: which screen is shown, and what leads from it. */

type Authority = NonNullable<Parameters<VaultClient["enrol"]>[2]>;
export type Vault = Pick<VaultClient, "enrol" | "recover" | "registered">;

export interface FlowOptions {
  readonly vault: Vault;
  /** Where the deployment has them. */
  readonly passkeys?: Passkeys | undefined;
  /** What this device keeps to practise the code, and when what was used; where it keeps anything. */
  readonly practice?: Practice;
  readonly uses?: Uses;
  /** What the browser's lists show for a passkey. */
  readonly account: string;
  /** The screen has changed. */
  readonly changed: (screen: Screen) => void;
  readonly progress: (progress: Progress | { readonly step: "waiting" }) => void;
  readonly pause: (millis: number, signal: AbortSignal) => Promise<void>;
  /** A whole number from 0 to below the limit. */
  readonly choose: (limit: number) => number;
}

const REPEATS_MAX = 3;
const PAUSE_MIN_MILLIS = 1000;
const GROUPS = 8;
export const GROUPS_ASKED = 3;

type Call = { readonly on: "recovery" } | { readonly on: "enrolment"; readonly authority: Authority };
type Held = Call & { readonly code: RecoveryCode };

/** One user on one page. K, and the code of a call that may be repeated, stay here until they are left behind. */
export class Flow {
  #screen: Screen = { at: "home" };
  /** K, once it is here. */
  #secret: BackupSecret | undefined;
  /** K of an enrolment that has not ended well: the same for each repetition. */
  #fresh: BackupSecret | undefined;
  #held: Held | undefined;
  #abort: AbortController | undefined;
  #touched: () => void = () => undefined;
  /** Whether the code that is typed next may be practised on this device: the user says so. */
  practises = false;
  readonly #options: FlowOptions;

  constructor(options: FlowOptions) {
    this.#options = options;
  }

  get screen(): Screen {
    return this.#screen;
  }

  get unlocked(): boolean {
    return this.#secret !== undefined;
  }

  get hasPasskeys(): boolean {
    return this.#options.passkeys !== undefined;
  }

  /** When the code that can be practised here was right; none where none can. */
  get practisedSince(): number | undefined {
    return this.#options.practice?.since;
  }

  /** When something was last used on this device, in milliseconds since 1970. */
  lastUsed(used: Used): number | undefined {
    return this.#options.uses?.last(used);
  }

  /** K, for a screen that shows its digits. Stays this flow's. */
  get secret(): BackupSecret | undefined {
    return this.#secret;
  }

  #show(screen: Screen): void {
    this.#screen = screen;
    this.#options.changed(screen);
  }

  #drop(): void {
    this.#held?.code.destroy();
    this.#held = undefined;
  }

  #unlock(secret: BackupSecret): void {
    if (this.#secret !== secret) {
      this.#secret?.destroy();
    }
    if (this.#fresh !== secret) {
      this.#fresh?.destroy();
    }
    this.#fresh = undefined;
    this.#secret = secret;
    this.#drop();
  }

  home(): void {
    this.#drop();
    this.#show(this.#secret === undefined ? { at: "home" } : { at: "unlocked", by: "key" });
  }

  /** Forgets K. */
  lock(): void {
    this.#drop();
    this.#secret?.destroy();
    this.#fresh?.destroy();
    this.#secret = undefined;
    this.#fresh = undefined;
    this.#show({ at: "home" });
  }

  turnOn(): void {
    this.practises = false;
    this.#drop();
    this.#show({ at: "choose-code" });
  }

  typeCode(): void {
    this.practises = false;
    this.#drop();
    this.#show({ at: "type-code" });
  }

  typeKey(): void {
    this.#drop();
    this.#show({ at: "type-key" });
  }

  showKey(): void {
    this.#show({ at: "show-key" });
  }

  askReplace(): void {
    this.#show({ at: "confirm-replace" });
  }

  askPractice(): void {
    const since = this.practisedSince;
    if (since !== undefined) {
      this.#show({ at: "practise", since });
    }
  }

  /** Checks a code on this device alone: no guess is used, and nothing leaves the device. */
  async practise(text: string): Promise<void> {
    const { practice, uses, progress: onProgress } = this.#options;
    const since = practice?.since;
    if (practice === undefined || since === undefined) {
      return;
    }
    const code = this.#read(
      () => RecoveryCode.typed(text),
      (problem) => ({ at: "practise", since, problem }),
    );
    if (code === undefined) {
      return;
    }
    await this.#work("practice", async (signal) => {
      try {
        const tell = (fraction: number) => onProgress({ step: "stretching", fraction });
        const right = await practice.isRight(code, signal, tell);
        await (right && uses?.note("practice"));
        return { at: "practise", since, end: right ? "right" : "wrong" };
      } catch (error) {
        if (signal.aborted) {
          return { at: "practise", since };
        }
        throw error;
      } finally {
        code.destroy();
      }
    });
  }

  /** Erases what this device checks the code against. */
  async forgetPractice(): Promise<void> {
    const since = this.practisedSince;
    try {
      await this.#options.practice?.forget();
    } catch {
      return since === undefined ? this.home() : this.#show({ at: "practise", since, end: "not-erased" });
    }
    this.home();
  }

  /** Which unlocks there are: the code and passkeys, as far as the vault and the app's server say. */
  async showUnlocks(): Promise<void> {
    const { vault, passkeys, progress: onProgress } = this.#options;
    const secret = this.#secret;
    if (secret !== undefined) {
      await this.#work("unlocks", async (signal) => ({
        at: "unlocks",
        code: await vault.registered({ signal, onProgress }),
        passkeys: await passkeys?.list(secret),
      }));
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#touched();
  }

  /** The user touched the page: the passkey is asked once more. */
  touch(): void {
    this.#touched();
  }

  /** Brings K back by a passkey. */
  async unlock(): Promise<void> {
    this.#drop();
    const { passkeys, progress: onProgress } = this.#options;
    await this.#work("passkey", async (signal) => {
      const end = await (passkeys as Passkeys).unlock({ signal, onProgress });
      if (end.kind !== "recovered") {
        return { at: "unlock-failed", end };
      }
      this.#unlock(end.secret);
      await this.#options.uses?.note("passkey");
      return { at: "unlocked", by: "recovered", told: end };
    });
  }

  async showPasskeys(): Promise<void> {
    await this.#withPasskeys(async () => undefined);
  }

  async addPasskey(name: string): Promise<void> {
    const beforeAgain = () =>
      new Promise<void>((resolve) => {
        this.#touched = resolve;
        this.#show({ at: "touch" });
      }).then(() => this.#show({ at: "working", on: "passkey" }));
    const wish = { name, userName: this.#options.account, besides: { kind: "code" }, beforeAgain } as const;
    await this.#withPasskeys((passkeys, secret, options) => passkeys.enrol(secret, wish, options));
  }

  /** Goes on with a passkey that the vault has not confirmed. */
  async finishPasskey(slot: PasskeySlot): Promise<void> {
    await this.#withPasskeys((passkeys, secret, options) => passkeys.finish(slot, secret, { kind: "code" }, options));
  }

  /** Gives a passkey another name, which is sealed under K; the browser's own lists keep theirs. */
  async renamePasskey(slot: PasskeySlot, name: string): Promise<void> {
    await this.#withPasskeys((passkeys, secret) => passkeys.rename(slot, name, secret));
  }

  async revokePasskey(slot: PasskeySlot): Promise<void> {
    await this.#withPasskeys((passkeys, secret, options) => passkeys.revoke(slot, { kind: "owner", secret }, options));
  }

  /** A new code, typed twice: for a new K, or for the one that is here. */
  async chosen(typed: string, again: string): Promise<void> {
    if (typed !== again) {
      this.#show({ at: "choose-code", problem: "not-the-same" });
      return;
    }
    const code = this.#read(
      () => RecoveryCode.chosen(typed),
      (problem) => ({ at: "choose-code", problem }),
    );
    if (code !== undefined) {
      const authority: Authority =
        this.#secret === undefined ? { kind: "none" } : { kind: "owner", secret: this.#secret };
      await this.#run({ on: "enrolment", authority, code });
    }
  }

  /** The code of before, with the login as its only right: the user has said so. */
  async replace(): Promise<void> {
    const held = this.#held;
    if (held?.on === "enrolment") {
      await this.#run({ ...held, authority: { kind: "login" } });
    }
  }

  async typed(text: string): Promise<void> {
    const code = this.#read(
      () => RecoveryCode.typed(text),
      (problem) => ({ at: "type-code", problem }),
    );
    if (code !== undefined) {
      await this.#run({ on: "recovery", code });
    }
  }

  /** The same call, which goes on with what has begun and costs no guess. */
  async again(): Promise<void> {
    if (this.#held !== undefined) {
      await this.#run(this.#held);
    }
  }

  typedKey(text: string): void {
    const secret = this.#read(
      () => parseKey(text),
      (problem) => ({ at: "type-key", problem }),
    );
    if (secret !== undefined) {
      this.#unlock(secret);
      void this.#options.uses?.note("key");
      this.#show({ at: "unlocked", by: "key" });
    }
  }

  askGroups(): void {
    const left = Array.from({ length: GROUPS }, (_, at) => at + 1);
    const drawn = Array.from(
      { length: GROUPS_ASKED },
      () => left.splice(this.#options.choose(left.length), 1)[0] as number,
    );
    this.#show({ at: "confirm-key", groups: drawn.sort((a, b) => a - b) });
  }

  confirmGroups(typed: readonly string[]): void {
    const screen = this.#screen;
    if (screen.at !== "confirm-key" || this.#secret === undefined) {
      return;
    }
    const shown = renderKey(this.#secret).split(" ");
    const plain = (text: string) => text.toLowerCase().replaceAll(/\s/g, "");
    const same = screen.groups.every((group, at) => plain(typed[at] ?? "") === shown[group - 1]);
    if (same) {
      void this.#options.uses?.note("key");
    }
    this.#show(
      same
        ? { at: "unlocked", by: "key", keyConfirmed: true }
        : { at: "confirm-key", groups: screen.groups, problem: "groups-differ" },
    );
  }

  #read<T>(parse: () => T, otherwise: (problem: Problem) => Screen): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (error instanceof UnacceptableCode || error instanceof UnreadableKey) {
        this.#show(otherwise(error));
        return undefined;
      }
      throw error;
    }
  }

  async #run(held: Held): Promise<void> {
    if (this.#held?.code !== held.code) {
      this.#drop();
    }
    this.#held = held;
    await this.#work(held.on, () =>
      held.on === "recovery" ? this.#recover(held.code) : this.#enrol(held.code, held.authority),
    );
  }

  /** One call at a time, which the user can stop. */
  async #work(
    on: Extract<Screen, { at: "working" }>["on"],
    work: (signal: AbortSignal) => Promise<Screen>,
  ): Promise<void> {
    if (this.#abort !== undefined) {
      return;
    }
    this.#abort = new AbortController();
    this.#show({ at: "working", on });
    let next: Screen;
    try {
      next = await work(this.#abort.signal);
    } catch {
      // Calls of the client end as values: this is a defect, of which the message may say too much.
      next = { at: "broken" };
    }
    this.#abort = undefined;
    this.#touched = () => undefined;
    this.#show(next);
  }

  /** Does that to the passkeys of the K that is here, and lists them. */
  async #withPasskeys(
    work: (passkeys: Passkeys, secret: BackupSecret, options: CallOptions) => Promise<PasskeyEnd | undefined>,
  ): Promise<void> {
    const { passkeys, progress: onProgress } = this.#options;
    const secret = this.#secret;
    if (passkeys === undefined || secret === undefined) {
      return;
    }
    await this.#work("passkey", async (signal) => {
      const told = await work(passkeys, secret, { signal, onProgress });
      const list = await passkeys.list(secret);
      return told === undefined ? { at: "passkeys", list } : { at: "passkeys", list, told };
    });
  }

  /** Repeats by itself where the end says so: no other end may be, for hosts would learn from it (INV-10). */
  async #untilSettled<T extends { readonly kind: string }>(
    call: (options: CallOptions) => Promise<T | TryAgain | Untrusted>,
  ): Promise<T | TryAgain | Untrusted> {
    const signal = (this.#abort as AbortController).signal;
    for (let repeats = 0; ; repeats++) {
      const end = await call({ signal, onProgress: this.#options.progress });
      const waits = end.kind === "try-again" && (end as TryAgain).next === "by-itself";
      if (!waits || repeats === REPEATS_MAX || signal.aborted) {
        return end;
      }
      this.#options.progress({ step: "waiting" });
      await this.#options.pause(Math.max((end as TryAgain).afterMillis, PAUSE_MIN_MILLIS), signal);
    }
  }

  /** A code that the vault took: kept to practise if the user wants that, and no other is from now on. */
  async #wasRight(code: RecoveryCode): Promise<void> {
    const { practice, uses, progress: onProgress } = this.#options;
    await uses?.note("code");
    try {
      await (this.practises
        ? practice?.keep(code, undefined, (fraction) => onProgress({ step: "stretching", fraction }))
        : practice?.forget());
    } catch {
      // Then none is kept, and none is offered: the key is here all the same.
    }
    this.practises = false;
  }

  async #recover(code: RecoveryCode): Promise<Screen> {
    const end = await this.#untilSettled<Recovery>((options) => this.#options.vault.recover(code, options));
    switch (end.kind) {
      case "recovered":
        await this.#wasRight(code);
        this.#unlock(end.secret);
        return { at: "unlocked", by: "recovered", told: end };
      case "wrong-code":
        this.#drop();
        return { at: "type-code", wrong: end };
      default:
        return { at: "recovery-failed", end };
    }
  }

  async #enrol(code: RecoveryCode, authority: Authority): Promise<Screen> {
    this.#fresh ??= this.#secret ?? BackupSecret.generate();
    const secret = this.#secret ?? this.#fresh;
    const end = await this.#untilSettled<Enrolment>((options) =>
      this.#options.vault.enrol(code, secret, authority, options),
    );
    if (end.kind === "enrolled") {
      await this.#wasRight(code);
      this.#unlock(secret);
      return { at: "unlocked", by: "enrolled" };
    }
    return { at: "enrolment-failed", end };
  }
}
