import { type Bytes, equal, hex, unhex, zeros } from "../codec/bytes.js";
import { Limits } from "../codec/limits.js";
import { decode } from "../codec/reader.js";
import { accepted } from "../codec/rejected.js";
import { Writer } from "../codec/writer.js";
import { FLEET_STATES, type FleetState } from "./bundle.js";
import type { SeenPolicy } from "./trust-policy.js";

/** What a device has seen of a namespace (docs/transparency.md §4). Whoever can write it can make the device forget. */
export interface SeenBundles {
  readonly epoch: bigint;
  readonly leaf: Bytes;
  readonly origin: string;
  readonly size: bigint;
  readonly root: Bytes;
  readonly quorumTime: bigint;
  readonly policy: SeenPolicy;
  /** By the fleet's id in hexadecimal. */
  readonly fleets: ReadonlyMap<string, SeenFleet>;
}

export interface SeenFleet {
  readonly state: FleetState;
  /** The newest quorum time at which it was not listed yet; 0 if this device never saw that. */
  readonly absentUntil: bigint;
}

export const FLEETS_SEEN_MAX = 256;
const ORIGIN_MAX = 1024;

/** A new device. */
export const NOTHING_SEEN: SeenBundles = {
  epoch: 0n,
  leaf: zeros(Limits.DIGEST),
  origin: "",
  size: 0n,
  root: zeros(Limits.DIGEST),
  quorumTime: 0n,
  policy: { version: 0n, hash: zeros(Limits.DIGEST) },
  fleets: new Map(),
};

export function encodeSeen(seen: SeenBundles): Bytes {
  const out = new Writer().u8(1).u64(seen.epoch).raw(seen.leaf).string(seen.origin);
  out.u64(seen.size).raw(seen.root).u64(seen.quorumTime).u64(seen.policy.version).raw(seen.policy.hash);
  out.u16(seen.fleets.size);
  for (const id of [...seen.fleets.keys()].sort()) {
    const fleet = seen.fleets.get(id) as SeenFleet;
    out
      .raw(unhex(id) as Bytes)
      .u8(FLEET_STATES.indexOf(fleet.state))
      .u64(fleet.absentUntil);
  }
  return out.bytes();
}

/** `undefined` if it is damaged: going on as a new device means to forget, which only the user may decide. */
export function decodeSeen(encoded: Bytes): SeenBundles | undefined {
  const seen = accepted(() =>
    decode(encoded, (reader): SeenBundles => {
      reader.number(1, 1, reader.u8(), "version");
      const head = {
        epoch: reader.u64(),
        leaf: reader.raw(Limits.DIGEST),
        origin: reader.text(ORIGIN_MAX, "origin"),
        size: reader.u64(),
        root: reader.raw(Limits.DIGEST),
        quorumTime: reader.u64(),
        policy: { version: reader.u64(), hash: reader.raw(Limits.DIGEST) },
      };
      const fleets = new Map<string, SeenFleet>();
      for (let left = reader.number(0, FLEETS_SEEN_MAX, reader.u16(), "fleets"); left > 0; left--) {
        const id = hex(reader.raw(Limits.DIGEST));
        const state = FLEET_STATES[reader.number(0, FLEET_STATES.length - 1, reader.u8(), "state")] as FleetState;
        fleets.set(id, { state, absentUntil: reader.u64() });
      }
      return { ...head, fleets };
    }),
  );
  return seen !== undefined && equal(encodeSeen(seen), encoded) ? seen : undefined;
}
