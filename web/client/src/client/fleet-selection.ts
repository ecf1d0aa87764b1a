import { type Bytes, equal } from "../codec/bytes.js";
import type { Purpose } from "../transparency/verifier.js";
import { BundleFetcher, type CheckedFleet, nowhere } from "./bundle-fetcher.js";
import type { CallContext } from "./context.js";
import { failoverTransport, fleetRoutes } from "./fleet-routes.js";
import { includesFleet } from "./fleet-trust.js";
import type { VaultTransport } from "./ports.js";
import { type Distrust, OperationAborted } from "./reasons.js";
import { Session } from "./session.js";

/**
 * One call's way through the fleets of a vault: who answered first, what the verified bundle says of the others, and
 * sessions with any of them.
 */
export class FleetSelection {
  readonly #context: CallContext;
  readonly #fetcher: BundleFetcher;
  readonly #checked: CheckedFleet;
  readonly #root: VaultTransport;

  private constructor(context: CallContext, fetcher: BundleFetcher, checked: CheckedFleet, root: VaultTransport) {
    this.#context = context;
    this.#fetcher = fetcher;
    this.#checked = checked;
    this.#root = root;
  }

  /**
   * Asks the nodes that the app knows; if none of them gives a bundle that holds, those of other fleets that this device
   * has found before: the hosts of an old fleet need not answer for ever.
   */
  static async begin(context: CallContext, purpose: Purpose): Promise<FleetSelection> {
    try {
      return await FleetSelection.#beginAt(context, purpose, context.transport, undefined);
    } catch (nobody) {
      if (!(nobody instanceof OperationAborted)) {
        throw nobody;
      }
      for (const known of await context.memory.ways()) {
        const way = context.transport.at(known.address);
        const found = way && (await FleetSelection.#beginAt(context, purpose, way, known.fleetId).catch(aborted));
        if (found !== undefined) {
          return found;
        }
      }
      throw nobody;
    }
  }

  static async #beginAt(context: CallContext, purpose: Purpose, root: VaultTransport, wanted: Bytes | undefined) {
    const fetcher = new BundleFetcher(context, root);
    return new FleetSelection(context, fetcher, await fetcher.arrive(purpose, wanted), root);
  }

  /** What to say where no fleet may be used. */
  get closed(): Distrust {
    return this.#checked.reason ?? "closed";
  }

  get stale(): boolean {
    return this.#checked.listing?.stale ?? false;
  }

  /** The fleet that answered first, if it may be used for the purpose. */
  get here(): Bytes | undefined {
    return this.#checked.trusted?.fleet.id;
  }

  /** Fleets that register and recover, the one that answered first; a pinned fleet alone. */
  get active(): Bytes[] {
    const { listing } = this.#checked;
    return listing === undefined ? (this.here === undefined ? [] : [this.here]) : this.#hereFirst(listing.active);
  }

  /** Fleets that only recover. */
  get retiring(): Bytes[] {
    return this.#hereFirst(this.#checked.listing?.retiring ?? []);
  }

  #hereFirst(fleets: readonly Bytes[]): Bytes[] {
    const { here } = this;
    const isHere = (id: Bytes) => here !== undefined && equal(id, here);
    return [...fleets.filter(isHere), ...fleets.filter((id) => !isHere(id))];
  }

  /** All that recover, those first to which users move. */
  get all(): Bytes[] {
    return [...this.active, ...this.retiring];
  }

  /** A session with one of them, which has passed the verification for `purpose`. */
  async to(fleetId: Bytes, purpose: Purpose): Promise<Session> {
    const { trusted, delivery } = this.#checked;
    if (trusted !== undefined && equal(trusted.fleet.id, fleetId)) {
      return new Session(this.#context, trusted, this.#fetcher, this.#way(fleetId, this.#root));
    }
    const routes = fleetRoutes(this.#context, this.#root, delivery.fleet.id, fleetId);
    let last = nowhere(this.#checked, "unreachable");
    for (let next = await routes.next(); next.done !== true; next = await routes.next()) {
      try {
        return await this.#session(fleetId, purpose, next.value, routes);
      } catch (error) {
        if (!(error instanceof OperationAborted)) {
          throw error;
        }
        // Evidence of a lie outlasts later silence.
        last = last.isLie() && !error.isLie() ? last : error;
      }
    }
    throw last;
  }

  async #session(
    fleetId: Bytes,
    purpose: Purpose,
    found: VaultTransport,
    others: AsyncGenerator<VaultTransport, void, void>,
  ): Promise<Session> {
    const context = this.#context;
    const way = failoverTransport(context, fleetId, this.#way(fleetId, found), this.#ways(fleetId, others));
    const fetcher = new BundleFetcher(context, way, this.#checked.delivery);
    const reached = await fetcher.arrive(purpose, fleetId);
    if (reached.trusted === undefined) {
      throw nowhere(reached, "moved");
    }
    const address = found.address();
    if (address !== undefined) {
      await context.memory.rememberWay({ fleetId, address });
    }
    return new Session(context, reached.trusted, fetcher, way);
  }

  async *#ways(fleetId: Bytes, others: AsyncGenerator<VaultTransport, void, void>) {
    for (let next = await others.next(); next.done !== true; next = await others.next()) {
      yield this.#way(fleetId, next.value);
    }
  }

  /** A retiring fleet is asked after the active ones, and says so to its nodes. */
  #way(fleetId: Bytes, way: VaultTransport): VaultTransport {
    return includesFleet(this.retiring, fleetId) ? way.insisting() : way;
  }
}

function aborted(error: unknown): undefined {
  if (!(error instanceof OperationAborted)) {
    throw error;
  }
  return undefined;
}
