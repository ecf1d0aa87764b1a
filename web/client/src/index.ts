/** The Coffer client: see README.md. What is exported here is the API; everything else may change. */
import type { Bytes } from "./codec/bytes.js";
import { utf8 } from "./codec/bytes.js";
import { openFirstTrustPolicy, parseTrustPolicy } from "./transparency/trust-policy.js";
import type { Anchor } from "./transparency/verifier.js";

export type { Progress } from "./client/context.js";
export type { Authority } from "./client/enroller.js";
export { type HttpsTransportOptions, httpsTransport } from "./client/https-transport.js";
export type { FailedStep, Inspection } from "./client/inspection.js";
export { type ClientPolicy, POLICY_DEFAULT, POLICY_DEVELOPMENT } from "./client/policy.js";
export {
  type ClientMemory,
  deviceLogin,
  type LoginProvider,
  type Pause,
  type Replies,
  type Sent,
  type VaultTransport,
} from "./client/ports.js";
export type { Cause, Distrust, Next, TryAgain, Untrusted } from "./client/reasons.js";
export type {
  Alive,
  Enrolment,
  Forgetting,
  Move,
  Presence,
  Recovered,
  Recovery,
  VaultStatus,
  WrongCode,
} from "./client/results.js";
export { type CallOptions, VaultClient, type VaultClientOptions } from "./client/vault-client.js";
export { type Bytes, hex, unhex } from "./codec/bytes.js";
export { argon2id, argon2idHere, argon2idInWorker, type KeyStretching, type WorkerLike } from "./crypto/argon2id.js";
export { type Randomness, systemRandomness } from "./crypto/hpke.js";
export type { Fleet, FleetSettings, HsmIdentity } from "./protocol/fleet.js";
export type { LoginToken } from "./protocol/login.js";
export type { HistoryItem } from "./protocol/outcome.js";
export type { KsfParameters } from "./protocol/registration.js";
export { SLOTS, type Slot } from "./protocol/subject.js";
export { BackupSecret, type CodeProblem, RecoveryCode, UnacceptableCode } from "./secret/secrets.js";
export { parseKey, parseUncheckedKey, renderCheck, renderKey, UnreadableKey } from "./secret/sixty-four-digits.js";
export { IndexedDbMemory } from "./stores/indexed-db-memory.js";
export { MapMemory } from "./stores/map-memory.js";
export { type Bundle, bundleText, keyDelta, type ListedFleet, parseBundle } from "./transparency/bundle.js";
export { keyText, type VerifierKey } from "./transparency/note.js";
export type { TrustPolicy } from "./transparency/trust-policy.js";
export {
  type Anchor,
  type ClientFloor,
  type Findings,
  FLOOR_DEFAULT,
  FLOOR_DEVELOPMENT,
  type Sighting,
  STEPS,
  type Step,
} from "./transparency/verifier.js";

/** Trust in one fleet whose id the app compiles in: another fleet takes a new version of the app. */
export function pinnedFleet(fleetId: Bytes): Anchor {
  return { kind: "pin", fleetId };
}

/**
 * Trust in whichever fleets the roots, notary, operator, log and witnesses of a trust policy together stand behind.
 *
 * @param policy the text of the policy that the app compiles in, or its signed note where it is version 1
 */
export function overTheAir(policy: string): Anchor {
  const signed = policy.includes("\n\n");
  return { kind: "roots", policy: signed ? openFirstTrustPolicy(utf8(policy)) : parseTrustPolicy(policy) };
}
