import {
  type Bundle,
  bundleText,
  type CallOptions,
  type ClientMemory,
  type Inspection,
  keyDelta,
  parseBundle,
  type TryAgain,
  type Untrusted,
  type VaultClient,
} from "@coffer/client";

/** What the room *Trust* does, without a page: asks the client what it verified, and keeps what was trusted before. */

/** What came and went since another bundle, of which this device had verified everything as well. */
export interface Change {
  readonly from: bigint;
  readonly lines: readonly string[];
}

export type TrustScreen =
  | { readonly at: "looking" }
  | {
      readonly at: "looked";
      readonly end: Inspection | TryAgain | Untrusted;
      /** When, in milliseconds since 1970 by this device's clock. */
      readonly when: number;
      /** None on a device that trusted no other bundle before; `damaged` if it cannot read which. */
      readonly change: Change | "damaged" | undefined;
    };

/** The bundle that is trusted, and the one that was before it. */
interface Kept {
  readonly now: Bundle;
  readonly before: Bundle | undefined;
}

function readKept(octets: Uint8Array): Kept | undefined {
  try {
    const { now, before } = JSON.parse(new TextDecoder().decode(octets)) as Record<string, unknown>;
    return { now: parseBundle(String(now)), before: before === undefined ? undefined : parseBundle(String(before)) };
  } catch {
    return undefined;
  }
}

function writeKept({ now, before }: Kept): Uint8Array<ArrayBuffer> {
  const texts = { now: bundleText(now), before: before && bundleText(before) };
  return new TextEncoder().encode(JSON.stringify(texts)) as Uint8Array<ArrayBuffer>;
}

/** Takes note of a bundle that was trusted, and tells what changed since the one before. */
export async function changeTo(bundle: Bundle, memory: ClientMemory): Promise<Change | "damaged" | undefined> {
  const name = `bundles-${bundle.namespace}`;
  const octets = await memory.load(name);
  const kept = octets === undefined ? undefined : readKept(octets);
  const newer = kept === undefined || bundle.epoch !== kept.now.epoch;
  const before = newer ? kept?.now : kept.before;
  if (newer) {
    await memory.store(name, writeKept({ now: bundle, before }));
  }
  if (octets !== undefined && kept === undefined) {
    return "damaged";
  }
  return before && { from: before.epoch, lines: keyDelta(before, bundle) };
}

export interface TrustOptions {
  readonly vault: Pick<VaultClient, "inspect">;
  readonly memory: ClientMemory;
  readonly millis: () => number;
  readonly progress: NonNullable<CallOptions["onProgress"]>;
  readonly changed: (screen: TrustScreen) => void;
}

export class Trust {
  #looking = false;
  readonly #options: TrustOptions;

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  /** Verifies everything anew; one look at a time. */
  async look(): Promise<void> {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    const { vault, memory, millis, progress, changed } = this.#options;
    changed({ at: "looking" });
    try {
      const end = await vault.inspect({ onProgress: progress });
      const trusted = end.kind === "inspected" && end.failed === undefined ? end.findings.bundle : undefined;
      // A device that cannot keep it has no change to tell, and everything else all the same.
      const change = trusted && (await changeTo(trusted, memory).catch(() => "damaged" as const));
      changed({ at: "looked", end, change, when: millis() });
    } finally {
      this.#looking = false;
    }
  }
}
