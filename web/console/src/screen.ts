import type { Enrolment, Recovered, Recovery, UnacceptableCode, UnreadableKey, VaultClient } from "@coffer/client";
import type {
  PasskeyEnrolment,
  PasskeyList,
  PasskeyProblem,
  Renaming,
  Revocation,
  Unlocking,
} from "@coffer/client/passkey";

/** Which screens the room *You* has, and which ways lead on where something failed. */

export type EnrolmentFailure = Exclude<Enrolment, { kind: "enrolled" }>;
/** Every end of a recovery but the two that have screens of their own. */
export type RecoveryFailure = Exclude<Recovery, { kind: "recovered" | "wrong-code" }>;
type WrongCode = Extract<Recovery, { kind: "wrong-code" }>;

export type UnlockFailure = Exclude<Unlocking, { kind: "recovered" }>;
/** How a passkey was set up, renamed or revoked, or not. */
export type PasskeyEnd = PasskeyEnrolment | Renaming | Revocation | PasskeyProblem;

/** What was wrong with what was typed: nothing has left the device. */
export type Problem = UnacceptableCode | UnreadableKey | "not-the-same" | "groups-differ";

/** Whether the vault has something registered. */
export type Alive = Awaited<ReturnType<VaultClient["registered"]>>;

/** How a try ended, or that what the device keeps could not be erased. */
export type PractiseEnd = "right" | "wrong" | "not-erased";

/** How K came to this page. */
export type By = "enrolled" | "recovered" | "key";

export type Screen =
  | { readonly at: "home" }
  | { readonly at: "choose-code"; readonly problem?: Problem }
  | { readonly at: "confirm-replace" }
  | { readonly at: "working"; readonly on: "enrolment" | "recovery" | "passkey" | "practice" | "unlocks" }
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
  /** The code that this device checks by itself, kept `since` then (milliseconds since 1970). */
  | { readonly at: "practise"; readonly since: number; readonly end?: PractiseEnd; readonly problem?: Problem }
  | { readonly at: "unlocks"; readonly code: Alive; readonly passkeys: PasskeyList | undefined }
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
