import type { Bytes } from "../codec/bytes.js";
import type { KeyStretching } from "../crypto/argon2id.js";
import type { Randomness } from "../crypto/hpke.js";
import { partitionOf, type Slot, type Subject } from "../protocol/subject.js";
import type { FleetTrust, TrustedFleet } from "./fleet-trust.js";
import type { Memory } from "./memory.js";
import type { LoginProvider, Pause, VaultTransport } from "./ports.js";

/** What a call is doing. `fraction` is an estimate. */
export type Progress =
  | { readonly step: "finding-the-vault" }
  | { readonly step: "asking" }
  | { readonly step: "stretching"; readonly fraction: number };

/** One call of a client: what the client was made with, and what this call was given. */
export interface CallContext {
  readonly trust: FleetTrust;
  readonly transport: VaultTransport;
  readonly login: LoginProvider;
  readonly memory: Memory;
  readonly randomness: Randomness;
  readonly pause: Pause;
  readonly stretching: KeyStretching;
  readonly slot: Slot;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: Progress) => void;
}

export function subjectAt(context: CallContext, fleetId: Bytes): Subject {
  const { tenant, account } = context.login;
  return { fleetId, tenant, account, slot: context.slot };
}

export function partitionAt(context: CallContext, { fleet }: TrustedFleet): number {
  return partitionOf(subjectAt(context, fleet.id), fleet.settings.partitions);
}
