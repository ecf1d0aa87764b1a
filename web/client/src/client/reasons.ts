import { type Fleet, isSimulated } from "../protocol/fleet.js";
import type { ClientFloor, Step } from "../transparency/verifier.js";

/**
 * Who acts next: the program by itself, with the same call after a pause; the user by hand; or nobody, since the same
 * call can never end otherwise. `done` where nothing is left to do.
 */
export type Next = "done" | "by-itself" | "by-hand" | "never";

/** Why an operation has no verdict yet. Nothing is lost in any of these cases. */
export type Cause =
  | "unreachable"
  | "busy"
  | "login-expired"
  | "login-invalid"
  | "refused"
  | "moved"
  | "too-few-hsms"
  | "contention"
  | "memory"
  | "stretching"
  | "interrupted";

const CAUSES: Record<Cause, readonly [Next, string]> = {
  unreachable: ["by-itself", "Check the network connection, then try again with the same code."],
  busy: ["by-itself", "Wait a moment, then try again with the same code."],
  "login-expired": ["by-hand", "Log in to the app again, then try again with the same code."],
  "login-invalid": [
    "by-hand",
    "Log in to the app again. If this persists, the app's login is not accepted by this vault.",
  ],
  refused: ["by-hand", "Update the app: the vault does not accept its messages. Then try the same code again."],
  moved: ["by-hand", "The vault has moved. The code is not wrong: update the app, then try the same code again."],
  "too-few-hsms": ["by-itself", "Some of the vault's machines are down or faulty. Try again later."],
  contention: ["by-hand", "Another device is using this account at the same moment. Try again."],
  memory: ["by-hand", "The device could not store its state. Free some space, then try again."],
  stretching: ["by-hand", "The device has too little free memory. Close other apps, then try the same code again."],
  interrupted: ["by-hand", "The operation was cancelled. Try again with the same code."],
};

/** Why a client turned away: a lie, a fault, or this app's own policy. */
export type Distrust =
  | "bad-delivery"
  | "bad-trust-policy"
  | "not-operators"
  | "not-notarised"
  | "not-logged"
  | "not-witnessed"
  | "not-newest"
  | "out-of-time"
  | "closed"
  | "unlisted"
  | "unknown-program"
  | "wrong-fleet"
  | "below-policy"
  | "simulated"
  | "bad-certificate"
  | "rolled-back"
  | "forked"
  | "bad-answer"
  | "unexpected-outcome"
  | "ksf-out-of-policy"
  | "bad-wrapped-key"
  | "memory-damaged";

const MEANINGS: Record<Distrust, string> = {
  "bad-delivery": "The vault's description of itself cannot be read.",
  "bad-trust-policy": "The roots that this app trusts did not decide on these keys.",
  "not-operators": "The vault's operator has not signed this description.",
  "not-notarised": "The notary has not signed this description.",
  "not-logged": "This description is not in the public log.",
  "not-witnessed": "Too few witnesses have seen the public log.",
  "not-newest": "There is a newer description of the vault than the one shown.",
  "out-of-time": "The description is too old or not valid yet. Check this device's clock.",
  closed: "The vault takes no registrations at the moment.",
  unlisted: "The vault's keys are not those in the public log.",
  "unknown-program": "The vault's machines run a program that this app does not know.",
  "wrong-fleet": "This is not the vault that the app trusts.",
  "below-policy": "The vault has fewer machines than this app accepts.",
  simulated: "The vault runs on simulated HSMs, which this app does not accept.",
  "bad-certificate": "The vault's certificate does not hold.",
  "rolled-back": "The vault shows an older state than this device has seen before.",
  forked: "The vault shows another history than this device has seen before.",
  "bad-answer": "The vault's answer is not the one its HSMs signed.",
  "unexpected-outcome": "The vault's answer makes no sense for this request.",
  "ksf-out-of-policy": "The registration asks for key stretching that this app does not accept.",
  "bad-wrapped-key": "The stored key is not the one that was registered.",
  "memory-damaged": "The state stored on this device is damaged.",
};

const OF_STEP: Record<Exclude<Step, "CLIENT_FLOOR">, Distrust> = {
  FORM: "bad-delivery",
  GRAMMAR: "bad-delivery",
  TRUST_POLICY: "bad-trust-policy",
  NAMED_POLICY: "bad-trust-policy",
  OPERATOR_SIGNATURE: "not-operators",
  NOTARY_SIGNATURE: "not-notarised",
  LOG_SIGNATURE: "not-logged",
  INCLUSION: "not-logged",
  WITNESS_QUORUM: "not-witnessed",
  NEWEST_LEAF: "not-newest",
  FRESHNESS: "out-of-time",
  VALIDITY: "out-of-time",
  MEMORY: "rolled-back",
  FLEET_HISTORY: "rolled-back",
  FLEET_STATE: "closed",
  PIN: "wrong-fleet",
  LISTED_KEYS: "unlisted",
};

/** What a failed step of the verification means. */
export function distrustOf(step: Step, fleet: Fleet, floor: ClientFloor): Distrust {
  if (step !== "CLIENT_FLOOR") {
    return OF_STEP[step];
  }
  if (fleet.settings.n < floor.hsmsMin || fleet.settings.q < floor.quorumMin) {
    return "below-policy";
  }
  return fleet.hsms.some(isSimulated) && !floor.simulatedAllowed ? "simulated" : "unknown-program";
}

/** Whether it is this app's own choice never to talk to such a fleet. */
export function isOwnPolicy(reason: Distrust): boolean {
  return reason === "below-policy" || reason === "simulated" || reason === "unknown-program";
}

/** No verdict: the request, if one was begun, is kept, and the same call goes on with it. */
export interface TryAgain {
  readonly kind: "try-again";
  readonly cause: Cause;
  /** Wait at least this long. */
  readonly afterMillis: number;
  readonly next: Next;
  readonly whatToDoNext: string;
}

/** Someone is lying, or this app's own policy forbids the fleet. Nothing was revealed. */
export interface Untrusted {
  readonly kind: "untrusted";
  readonly reason: Distrust;
  readonly next: Next;
  readonly whatToDoNext: string;
}

export function tryAgain(cause: Cause, afterMillis: number): TryAgain {
  const [next, whatToDoNext] = CAUSES[cause];
  return { kind: "try-again", cause, afterMillis, next, whatToDoNext };
}

export function untrusted(reason: Distrust): Untrusted {
  const advice =
    reason === "memory-damaged"
      ? "Delete the app's vault state, which forgets what it has seen, and try again."
      : "Nothing was revealed. Try another network or update the app; if it persists, tell the app's maker.";
  return { kind: "untrusted", reason, next: "by-hand", whatToDoNext: `${MEANINGS[reason]} ${advice}` };
}

/** An operation ends here without a verdict. Never leaves this package: the client's methods turn it into a value. */
export class OperationAborted extends Error {
  readonly end: TryAgain | Untrusted;

  constructor(end: TryAgain | Untrusted) {
    super(end.kind === "untrusted" ? end.reason : end.cause);
    this.end = end;
  }

  /** Evidence of a lie outlasts later silence: the user has to hear of it. */
  isLie(): boolean {
    return this.end.kind === "untrusted";
  }
}

export function lie(reason: Distrust): OperationAborted {
  return new OperationAborted(untrusted(reason));
}

export function repeat(cause: Cause, afterMillis = 0): OperationAborted {
  return new OperationAborted(tryAgain(cause, afterMillis));
}
