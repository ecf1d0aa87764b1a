import type { Bytes } from "../codec/bytes.js";
import type { Fleet } from "../protocol/fleet.js";
import type { HistoryItem } from "../protocol/outcome.js";
import type { BackupSecret } from "../secret/secrets.js";
import type { Next, TryAgain, Untrusted } from "./reasons.js";

/** How operations end. Every case says who acts next, and what to tell the user; none is an exception. */

interface Told {
  readonly next: Next;
  /** A sentence for the user. */
  readonly whatToDoNext: string;
}

/** A registration on its way from a retiring fleet to an active one. */
export interface Move {
  readonly from: Bytes;
  readonly to: Bytes;
  /** Otherwise the next recovery tries again, and the code opens what it opened before. */
  readonly done: boolean;
}

export interface Recovered extends Told {
  readonly kind: "recovered";
  /** K, which the receiver destroys. */
  readonly secret: BackupSecret;
  /** How many times this slot has been registered. */
  readonly generation: bigint;
  /** The account's last events, oldest first, at most eight. */
  readonly history: readonly HistoryItem[];
  /** Attempts since the last success, this one's not counted. Those that the user did not make are the alarm. */
  readonly otherAttempts: number;
  /**
   * 0 to 10, as certified with the success: attempts that were counted after this one stay counted, those before it do
   * not. None where the registration has moved to another fleet, which begins to count anew.
   */
  readonly guessesLeft: number | undefined;
  /** How many guesses are still used: those that were counted after this one. */
  readonly guessesUsed: number;
  /** HSMs whose answers did not fit, 1 to n: tell the operator. */
  readonly suspects: readonly number[];
  readonly move: Move | undefined;
  /**
   * Active fleets that hold a registration of this account which this code does not open: if the user did not set it,
   * change the app's password, then set the code there by login while K is at hand.
   */
  readonly otherCodes: readonly Bytes[];
  /**
   * Whether no quorum of witnesses has lately seen the listing that this recovery verified before it sent anything:
   * recoveries will be refused if that goes on.
   */
  readonly staleListing: boolean;
}

export interface WrongCode extends Told {
  readonly kind: "wrong-code";
  /** Until the account is erased, 0 to 10; with several fleets the fewest. */
  readonly guessesLeft: number;
  readonly generation: bigint;
  /** Whether the present code, or one that it goes back to, was set with the login alone. */
  readonly replacedWithoutProof: boolean;
  /** Whether a fleet of this vault gave no verdict. No app repeats the code by itself for that (INV-10). */
  readonly unsettled: boolean;
}

export type Recovery =
  | Recovered
  | WrongCode
  | ({ readonly kind: "unconfirmed"; readonly afterMillis: number } & Told)
  | ({ readonly kind: "exhausted" } & Told)
  | ({ readonly kind: "not-registered" } & Told)
  | ({ readonly kind: "moved"; readonly from: Bytes; readonly to: Bytes } & Told)
  | TryAgain
  | Untrusted;

export type Enrolment =
  | ({
      readonly kind: "enrolled";
      readonly generation: bigint;
      readonly replaced: boolean;
      readonly suspects: readonly number[];
    } & Told)
  | ({ readonly kind: "not-authorised"; readonly loginWouldDo: boolean } & Told)
  | ({ readonly kind: "exhausted" } & Told)
  | ({ readonly kind: "not-acceptable" } & Told)
  | TryAgain
  | Untrusted;

export type Forgetting =
  | ({ readonly kind: "forgotten" } & Told)
  | ({ readonly kind: "not-registered" } & Told)
  | ({ readonly kind: "not-authorised" } & Told)
  | TryAgain
  | Untrusted;

export type VaultStatus =
  | ({
      readonly kind: "known";
      readonly fleet: Fleet;
      /** How far the chain of this account's partition has come, by a verified certificate. */
      readonly k: bigint;
      /** Of the registration that this device last saw certified. */
      readonly registeredGeneration: bigint | undefined;
      /** Whether a request is kept that has no certified outcome yet. */
      readonly unfinished: boolean;
      /** Whether witnesses saw the bundle less recently than the trust policy wishes. */
      readonly stale: boolean;
    } & Told)
  | TryAgain
  | Untrusted;

/** A registration, as far as the vault tells without a guess: certified, but not whose, with which code, for which K. */
export interface Alive {
  /** Until it is erased, 0 to 10: attempts by others show here. */
  readonly guessesLeft: number;
  /** Whether it is another than this device last saw certified; false also where it has seen none. */
  readonly changed: boolean;
}

/** Whether something is registered in a slot. */
export type Presence =
  | ({ readonly kind: "registered" } & Alive & Told)
  | ({ readonly kind: "not-registered" } & Told)
  | TryAgain
  | Untrusted;

export function presence(alive: Alive | undefined): Presence {
  return alive !== undefined
    ? { kind: "registered", ...alive, next: "done", whatToDoNext: "It is registered with the vault." }
    : { kind: "not-registered", next: "done", whatToDoNext: "It is not registered with the vault." };
}

export const EXHAUSTED = {
  kind: "exhausted",
  next: "never",
  whatToDoNext:
    "The guesses are used up and the stored key is erased. Restore with the 64-digit key, or set up a new backup.",
} as const;

export const NOT_REGISTERED = {
  kind: "not-registered",
  next: "never",
  whatToDoNext: "No recovery code is registered for this account. Check the account, or set one up.",
} as const;

export function unconfirmed(afterMillis: number): Recovery {
  return {
    kind: "unconfirmed",
    afterMillis,
    // Not by itself: hosts would see from the repetition that the code did not open (INV-10).
    next: "by-hand",
    whatToDoNext:
      "The vault could not confirm its answer. This does not mean that the code is wrong: do not type another. Try the" +
      " same code again later; it costs no guess.",
  };
}

export function moved(from: Bytes, to: Bytes): Recovery {
  return {
    kind: "moved",
    from,
    to,
    next: "never",
    whatToDoNext:
      "The vault has moved since this code was registered, and nothing came along. The code is not wrong: update the" +
      " app, recover with a version that trusts the earlier vault, or use the 64-digit key.",
  };
}

export function wrongCode(
  guessesLeft: number,
  generation: bigint,
  replacedWithoutProof: boolean,
  unsettled = false,
): WrongCode {
  const left =
    guessesLeft === 0
      ? "That was the last guess: another one erases the stored key. Use the 64-digit key."
      : `The code is wrong. Guesses left: ${guessesLeft}.`;
  const replaced = replacedWithoutProof
    ? " A code was set here with the login alone, in place of an earlier one: if that was not you, your code is no" +
      " longer the one stored; use the 64-digit key."
    : "";
  const open = unsettled
    ? " One fleet of the vault gave no verdict: if you are sure of the code, wait until it can be reached before you" +
      " try again."
    : "";
  const told = { next: "by-hand", whatToDoNext: left + replaced + open } as const;
  return { kind: "wrong-code", guessesLeft, generation, replacedWithoutProof, unsettled, ...told };
}

/** The attempts that the history shows since the success before the one with this number. */
export function attemptsShown(history: readonly HistoryItem[], attemptNumber: bigint): number {
  let own = history.length;
  while (own > 0 && history[own - 1]?.kind !== "success") {
    own--;
  }
  let shown = 0;
  for (const [at, item] of history.entries()) {
    if (item.kind === "success" && at !== own - 1) {
      shown = 0;
    } else if (item.kind === "attempt" && item.attemptNumber !== attemptNumber) {
      shown++;
    }
  }
  return shown;
}

export function recovered(parts: Omit<Recovered, "kind" | keyof Told>): Recovered {
  const again = parts.move?.done === true;
  const guessesLeft = again ? undefined : parts.guessesLeft;
  const guessesUsed = again ? 0 : parts.guessesUsed;
  const attempts =
    parts.otherAttempts === 0
      ? ""
      : ` There were ${parts.otherAttempts} other attempts since the last success: if they were not yours, change the` +
        " app's password and then the recovery code.";
  const codes =
    parts.otherCodes.length === 0
      ? ""
      : " Another recovery code is registered for this account with a newer fleet of the vault, and yours was not moved" +
        " there. If that was not you, change the app's password now and then set your code there by login: the fleet" +
        " that has it today will close.";
  const open =
    guessesUsed === 0 ? "" : ` Attempts that were counted after yours stay counted: guesses left: ${guessesLeft}.`;
  const whatToDoNext = `Restore the backup.${attempts}${open}${codes}`;
  return { kind: "recovered", ...parts, guessesLeft, guessesUsed, next: "done", whatToDoNext };
}

export function notAuthorised(loginWouldDo: boolean): Enrolment {
  const login = loginWouldDo
    ? ", or replace it by login: what it protects is then lost unless you have the 64-digit key."
    : ".";
  const whatToDoNext = `Another recovery code is registered for this account. Recover with it first${login}`;
  return { kind: "not-authorised", loginWouldDo, next: "by-hand", whatToDoNext };
}

export function enrolled(generation: bigint, replaced: boolean, suspects: readonly number[]): Enrolment {
  const told = { next: "done", whatToDoNext: "The recovery code is registered. Back up." } as const;
  return { kind: "enrolled", generation, replaced, suspects, ...told };
}

export const ENROLMENT_EXHAUSTED = {
  kind: "exhausted",
  next: "by-hand",
  whatToDoNext: "The account had too many wrong attempts and its stored key is erased. Register the code once more.",
} as const;

export const NOT_ACCEPTABLE = {
  kind: "not-acceptable",
  next: "never",
  whatToDoNext: "The vault does not accept this app's settings (guess limit). Update the app.",
} as const;

export const FORGOTTEN = {
  kind: "forgotten",
  next: "done",
  whatToDoNext: "The recovery code is deleted. Backups made with it open with the 64-digit key only.",
} as const;

export const NOTHING_TO_FORGET = {
  kind: "not-registered",
  next: "done",
  whatToDoNext: "No recovery code is registered here.",
} as const;

export const NOT_YOURS_TO_FORGET = {
  kind: "not-authorised",
  next: "by-hand",
  whatToDoNext: "Only someone with the backup key may delete this. Recover it first.",
} as const;
