import {
  BackupSecret,
  type CallOptions,
  type Enrolment,
  type Progress,
  parseKey,
  type Recovered,
  type Recovery,
  RecoveryCode,
  renderKey,
  type TryAgain,
  UnacceptableCode,
  UnreadableKey,
  type Untrusted,
  type VaultClient,
} from "@coffer/client";
import type {
  PasskeyEnrolment,
  PasskeyList,
  PasskeyProblem,
  PasskeySlot,
  Passkeys,
  Revocation,
  Unlocking,
} from "@coffer/client/passkey";

/** What the room *You* does, without a page: which screen is shown, and what leads from it. */

type Authority = NonNullable<Parameters<VaultClient["enrol"]>[2]>;
export type Vault = Pick<VaultClient, "enrol" | "recover">;

export type EnrolmentFailure = Exclude<Enrolment, { kind: "enrolled" }>;
/** Every end of a recovery but the two that have screens of their own. */
export type RecoveryFailure = Exclude<Recovery, { kind: "recovered" | "wrong-code" }>;
type WrongCode = Extract<Recovery, { kind: "wrong-code" }>;

export type UnlockFailure = Exclude<Unlocking, { kind: "recovered" }>;
/** How a passkey was set up or revoked, or not. */
export type PasskeyEnd = PasskeyEnrolment | Revocation | PasskeyProblem;

/** What was wrong with what was typed: nothing has left the device. */
export type Problem = UnacceptableCode | UnreadableKey | "not-the-same" | "groups-differ";

/** How K came to this page. */
export type By = "enrolled" | "recovered" | "key";

export type Screen =
  | { readonly at: "home" }
  | { readonly at: "choose-code"; readonly problem?: Problem }
  | { readonly at: "confirm-replace" }
  | { readonly at: "working"; readonly on: "enrolment" | "recovery" | "passkey" }
  /** The browser wants a touch before it asks the passkey once more. */
  | { readonly at: "touch" }
  | { readonly at: "passkeys"; readonly list: PasskeyList; readonly told?: PasskeyEnd }
  | { readonly at: "unlock-failed"; readonly end: UnlockFailure }
  | { readonly at: "enrolment-failed"; readonly end: EnrolmentFailure }
  | { readonly at: "type-code"; readonly wrong?: WrongCode; readonly problem?: Problem }
  | { readonly at: "recovery-failed"; readonly end: RecoveryFailure }
  | { readonly at: "type-key"; readonly problem?: Problem }
  | { readonly at: "show-key" }
  | { readonly at: "confirm-key"; readonly groups: readonly number[]; readonly problem?: Problem }
  | { readonly at: "unlocked"; readonly by: By; readonly told?: Recovered; readonly keyConfirmed?: boolean }
  | { readonly at: "broken" };

/** What leads on from a screen on which something failed. */
export type Way = "same-again" | "type-code" | "passkey" | "type-key" | "turn-on" | "replace" | "home";

/** The ways on from a recovery that did not work: none is a dead end, and the key on paper is always one of them. */
export function waysAfterRecovery(end: RecoveryFailure): readonly Way[] {
  switch (end.kind) {
    case "unconfirmed":
    case "try-again":
    case "untrusted":
      return ["same-again", "passkey", "type-key", "home"];
    case "exhausted":
      return ["passkey", "type-key", "turn-on", "home"];
    case "not-registered":
      return ["turn-on", "passkey", "type-key", "home"];
    case "moved":
      return ["passkey", "type-key", "home"];
  }
}

/** The ways on from an enrolment that did not work. */
export function waysAfterEnrolment(end: EnrolmentFailure): readonly Way[] {
  switch (end.kind) {
    case "not-authorised":
      return ["type-code", "passkey", "type-key", ...(end.loginWouldDo ? (["replace"] as const) : []), "home"];
    case "exhausted":
    case "try-again":
    case "untrusted":
      return ["same-again", "passkey", "type-key", "home"];
    case "not-acceptable":
      return ["type-code", "passkey", "type-key", "home"];
  }
}

/** The ways on where a passkey opened nothing: whatever its reason, the others are untouched. */
export const WAYS_AFTER_UNLOCK: readonly Way[] = ["passkey", "type-code", "type-key", "home"];

export interface FlowOptions {
  readonly vault: Vault;
  /** Where the deployment has them. */
  readonly passkeys?: Passkeys | undefined;
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
    this.#drop();
    this.#show({ at: "choose-code" });
  }

  typeCode(): void {
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

  async #recover(code: RecoveryCode): Promise<Screen> {
    const end = await this.#untilSettled<Recovery>((options) => this.#options.vault.recover(code, options));
    switch (end.kind) {
      case "recovered":
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
      this.#unlock(secret);
      return { at: "unlocked", by: "enrolled" };
    }
    return { at: "enrolment-failed", end };
  }
}
