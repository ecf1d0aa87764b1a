import { invariant } from "../codec/bytes.js";
import { Limits } from "../codec/limits.js";
import { KSF_DEFAULT, type KsfParameters } from "../protocol/registration.js";
import { type ClientFloor, FLOOR_DEFAULT, FLOOR_DEVELOPMENT } from "../transparency/verifier.js";

/** What this app accepts of a fleet and of a registration, compiled in: no delivery can lower it. */
export interface ClientPolicy {
  readonly floor: ClientFloor;
  /** Guesses that a new registration asks for, 1 to 10; lowered to the fleet's maximum. */
  readonly guessLimit: number;
  /** Stretching of a new registration. */
  readonly ksf: KsfParameters;
}

/** Five HSMs, a quorum of three, ten guesses, 64 MiB and three passes, nothing simulated. */
export const POLICY_DEFAULT: ClientPolicy = { floor: FLOOR_DEFAULT, guessLimit: Limits.GUESSES_MAX, ksf: KSF_DEFAULT };

/** For a fleet on a developer's machine. */
export const POLICY_DEVELOPMENT: ClientPolicy = { ...POLICY_DEFAULT, floor: FLOOR_DEVELOPMENT };

/**
 * At least 19 MiB and two passes, at most 256 MiB, 16 passes and four lanes. The floor keeps a quorum of corrupted HSMs
 * from making the code cheap to search; the ceiling keeps it from stalling the device.
 */
export function acceptsKsf(ksf: KsfParameters): boolean {
  const { memoryKibibytes, passes, lanes } = ksf;
  return (
    memoryKibibytes >= 19 << 10 &&
    memoryKibibytes <= 256 << 10 &&
    passes >= 2 &&
    passes <= 16 &&
    lanes >= 1 &&
    lanes <= 4
  );
}

export function checkPolicy(policy: ClientPolicy): void {
  const { guessLimit, ksf, floor } = policy;
  invariant(guessLimit >= 1 && guessLimit <= Limits.GUESSES_MAX, "guess limit");
  invariant(acceptsKsf(ksf), "an app does not ask for stretching that it would refuse");
  invariant(floor.hsmsMin >= 3 && floor.quorumMin >= 2, "fewer than three HSMs share nothing");
}
