import type { Next, TryAgain, Untrusted } from "../client/reasons.js";
import type { Recovery } from "../client/results.js";
import type { Failure } from "./ceremony.js";
import type { PasskeySlot } from "./unlock-file.js";

/** How calls about passkeys end. Every case says who acts next, and what to tell the user; none is an exception. */

/** What keeps a passkey from being made, used or changed. */
export type Problem =
  /** This platform has no passkeys, or not on this page. */
  | "unavailable"
  | Failure
  | "not-verified"
  /** It never gave an output. */
  | "no-prf"
  /** It gives another output every time, or none the second time. */
  | "unsteady"
  /** It came to this device without its secret. */
  | "prf-missing"
  /** It gives another output than when it was set up. */
  | "changed"
  | "unknown-passkey"
  | "no-passkeys"
  | "no-other-unlock"
  | "full"
  | "unacceptable-name"
  | "store";

const OTHERWISE = "Use the recovery code or the 64-digit key.";

const PROBLEMS: Record<Problem, readonly [Next, string]> = {
  unavailable: ["never", `This browser has no passkeys for this page. ${OTHERWISE}`],
  cancelled: ["by-hand", "Nothing was done: the passkey was not used in time, or not allowed. Try again."],
  "made-before": ["by-hand", "This device or key has a passkey for this account already. Use another one."],
  "wrong-domain": ["never", `This page may not use the app's passkeys. ${OTHERWISE} Tell the app's maker.`],
  unsuitable: [
    "by-hand",
    "This device has nothing that keeps passkeys and asks for a PIN, finger or face. Set up a screen lock, or use" +
      " another device.",
  ],
  failed: ["by-hand", `The passkey could not be used. Try again, or another device. ${OTHERWISE}`],
  "not-verified": [
    "by-hand",
    "The passkey did not ask for a PIN, finger or face. Set that up on this device or key, then try again.",
  ],
  "no-prf": ["by-hand", "This passkey gives no secret that could open backups. Use another device or key."],
  unsteady: ["by-hand", "This passkey does not give the same secret twice. Use another device or key."],
  "prf-missing": [
    "by-hand",
    `The passkey is here, but not its secret. Use the device where it was set up. ${OTHERWISE}`,
  ],
  changed: [
    "by-hand",
    `The passkey gives another secret than when it was set up: it opens no backup any more. ${OTHERWISE} Then revoke` +
      " it, and set up a new one.",
  ],
  "unknown-passkey": ["by-hand", `That passkey was not set up for this account's backups. ${OTHERWISE}`],
  "no-passkeys": ["never", `No passkey is set up for this account's backups. ${OTHERWISE}`],
  "no-other-unlock": [
    "by-hand",
    "Passkeys get lost with devices and accounts: set up a recovery code first, or write down the 64-digit key and" +
      " type it here.",
  ],
  full: ["by-hand", "Eight passkeys are set up. Revoke one that you no longer use."],
  "unacceptable-name": ["by-hand", "Give the passkey a name of at most 100 letters (fewer in some scripts)."],
  store: ["by-hand", "The place where passkeys are kept did not answer. Check the network, then try again."],
};

interface Told {
  readonly next: Next;
  /** A sentence for the user. */
  readonly whatToDoNext: string;
}

export interface PasskeyProblem extends Told {
  readonly kind: "problem";
  readonly problem: Problem;
  /** Whether a passkey was made that opens nothing. Its provider was told, where it listens. */
  readonly leftover: boolean;
}

/** One of a user's passkeys. */
export interface Passkey {
  readonly slot: PasskeySlot;
  /** None where another K wrote it, or nobody who had this one: revoke it. */
  readonly name: string | undefined;
  /** Seconds since 1970, by the clock of the device that made it. */
  readonly created: number | undefined;
  /** Whether its provider brings it to the user's other devices, as it said then. */
  readonly synced: boolean | undefined;
}

export type PasskeyEnrolment =
  | ({
      readonly kind: "enrolled";
      readonly slot: PasskeySlot;
      readonly synced: boolean;
    } & Told)
  /** The passkey is there and kept, and the vault gave no verdict: `finish` goes on. */
  | ({ readonly kind: "unfinished"; readonly slot: PasskeySlot; readonly cause: TryAgain["cause"] } & Told & {
        readonly afterMillis: number;
      })
  /** The vault refused: `not-authorised` where the slot protects another K, `not-acceptable` for the app's settings. */
  | ({
      readonly kind: "refused";
      readonly slot: PasskeySlot;
      readonly reason: "not-authorised" | "not-acceptable" | "exhausted";
    } & Told)
  | TryAgain
  | Untrusted
  | PasskeyProblem;

/** As of a recovery by code, in words that fit a passkey. */
export type Unlocking = Recovery | PasskeyProblem;

export type PasskeyList =
  | ({
      readonly kind: "listed";
      readonly passkeys: readonly Passkey[];
      /** Slots whose file is damaged, or of a newer version of this package. */
      readonly damaged: readonly PasskeySlot[];
    } & Told)
  | PasskeyProblem;

export type Renaming = ({ readonly kind: "renamed" } & Told) | PasskeyProblem;

export type Revocation =
  | ({ readonly kind: "revoked" } & Told)
  /** The login or K at hand does not reach to it. */
  | ({ readonly kind: "not-authorised" } & Told)
  | TryAgain
  | Untrusted
  | PasskeyProblem;

const LEFT_OVER = " The passkey that was just made opens nothing: delete it where your passkeys are listed.";

export function problem(what: Problem, leftover = false): PasskeyProblem {
  const [next, sentence] = PROBLEMS[what];
  return { kind: "problem", problem: what, leftover, next, whatToDoNext: sentence + (leftover ? LEFT_OVER : "") };
}

export function enrolledPasskey(slot: PasskeySlot, synced: boolean): PasskeyEnrolment {
  const whatToDoNext = synced
    ? "The passkey is set up. Its provider brings it to your other devices. Keep the recovery code or 64-digit key, too."
    : "The passkey is set up. It stays on this device or key and is lost with it: keep the recovery code or 64-digit key.";
  return { kind: "enrolled", slot, synced, next: "done", whatToDoNext };
}

export function unfinished(slot: PasskeySlot, { cause, afterMillis, next }: TryAgain): PasskeyEnrolment {
  const whatToDoNext =
    "The passkey is made and kept, but the vault has not registered it yet. Once network and login are good, finish" +
    " setting it up.";
  return { kind: "unfinished", slot, cause, afterMillis, next, whatToDoNext };
}

const REFUSALS = {
  "not-authorised":
    "Something that your backup key does not open is registered in every free place for passkeys, by someone with the" +
    " login. Change the app's password, and revoke what stands there by login." +
    LEFT_OVER,
  "not-acceptable": "The vault does not accept this app's settings (guess limit). Update the app.",
  exhausted: "The vault erased this passkey's place after too many attempts. Finish setting it up once more.",
} as const;

export function refusedBy(reason: keyof typeof REFUSALS, slot: PasskeySlot): PasskeyEnrolment {
  const next = reason === "not-acceptable" ? "never" : "by-hand";
  return { kind: "refused", slot, reason, next, whatToDoNext: REFUSALS[reason] };
}

const REVOKED = `The passkey is right, and no longer registered with the vault: it was revoked, or never finished. ${OTHERWISE}`;

/** A recovery in a passkey's slot: the code cannot be mistyped, so other ends mean other things. */
export function unlocked(recovery: Recovery): Recovery {
  switch (recovery.kind) {
    case "not-registered":
      return { ...recovery, whatToDoNext: REVOKED };
    case "wrong-code":
      return {
        ...recovery,
        // Trying again cannot help, whoever asks.
        next: "never",
        whatToDoNext: `Another passkey was registered in this one's place, on another device or by someone with the login. ${OTHERWISE}`,
      };
    case "exhausted":
      return {
        ...recovery,
        whatToDoNext: `Someone with the login has used up the guesses of this passkey's place. ${OTHERWISE}`,
      };
    case "unconfirmed":
      return {
        ...recovery,
        whatToDoNext:
          "The vault could not confirm its answer. The passkey is right: try it again later; it costs no guess.",
      };
    case "moved":
      return {
        ...recovery,
        whatToDoNext: `The vault has moved since this passkey was set up, and nothing came along. ${OTHERWISE}`,
      };
    case "try-again":
      return { ...recovery, whatToDoNext: recovery.whatToDoNext.replaceAll(/\bcode\b/g, "passkey") };
    case "recovered":
    case "untrusted":
      return recovery;
  }
}

export const LISTED = { kind: "listed", next: "done", whatToDoNext: "These passkeys open the backups." } as const;

export const RENAMED = { kind: "renamed", next: "done", whatToDoNext: "The passkey has its new name." } as const;

export const REVOKED_PASSKEY = {
  kind: "revoked",
  next: "done",
  whatToDoNext:
    "The vault has erased what this passkey opened. Delete the passkey itself where your passkeys are listed.",
} as const;

export const NOT_YOURS_TO_REVOKE = {
  kind: "not-authorised",
  next: "by-hand",
  whatToDoNext: "The backup key at hand does not reach to this passkey. Recover with another unlock, then revoke it.",
} as const;

/** Ends a call. Never leaves this package: the methods turn it into a value. */
export class Stopped extends Error {
  readonly problem: Problem;
  readonly leftover: boolean;

  constructor(what: Problem, leftover = false) {
    super(what);
    this.problem = what;
    this.leftover = leftover;
  }
}
