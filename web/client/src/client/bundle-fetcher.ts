import { type Bytes, equal } from "../codec/bytes.js";
import { accepted } from "../codec/rejected.js";
import { decodeDelivery, type FleetDelivery } from "../protocol/answer.js";
import type { Purpose } from "../transparency/verifier.js";
import { type CallContext, partitionAt } from "./context.js";
import { type Listing, newestCertificate, type TrustedFleet } from "./fleet-trust.js";
import { advanced, checkHistory, type Seen } from "./memory.js";
import type { VaultTransport } from "./ports.js";
import { type Cause, type Distrust, lie, OperationAborted, repeat } from "./reasons.js";
import { awaitPause } from "./request-sender.js";
import { RetryPolicy } from "./retry-policy.js";

/** Who answered and what its bundle says. */
export interface CheckedFleet {
  /** None if the fleet may not be used for the purpose. */
  readonly trusted: TrustedFleet | undefined;
  /** None for a pinned fleet. */
  readonly listing: Listing | undefined;
  readonly delivery: FleetDelivery;
  /** Why the fleet may not be used, where it may not. */
  readonly reason: Distrust | undefined;
}

/** What to say where this leads to no fleet that may be used. */
export function nowhere(checked: CheckedFleet, cause: Cause): OperationAborted {
  return checked.reason !== undefined && checked.reason !== "closed"
    ? lie(checked.reason)
    : repeat(cause, RetryPolicy.againSoonMillis);
}

/**
 * Nobody is talked to before having passed here: fetches the bundle, has it judged, and takes note of the newest
 * certificate of the account's partition. Asks one node after another, so that one that lies or is down stops nobody.
 */
export class BundleFetcher {
  readonly #context: CallContext;
  readonly #transport: VaultTransport;
  readonly #known: FleetDelivery | undefined;

  /**
   * @param known on the way to a second fleet, the delivery by which the way was found: nodes of different fleets do not
   *   get a new bundle at the same moment, and where theirs does not hold any more, this one lists them too
   */
  constructor(context: CallContext, transport: VaultTransport, known?: FleetDelivery) {
    this.#context = context;
    this.#transport = transport;
    this.#known = known;
  }

  /**
   * The first delivery that holds, the certificate of the partition included. A good bundle whose fleet is not for that
   * purpose is an answer, too, unless another node belongs to a fleet that is.
   */
  async arrive(purpose: Purpose, wanted: Bytes | undefined): Promise<CheckedFleet> {
    let elsewhere: CheckedFleet | undefined;
    let last = repeat("unreachable", RetryPolicy.againSoonMillis);
    this.#context.onProgress({ step: "finding-the-vault" });
    for (let turn = 0; turn < RetryPolicy.nodesAsked; turn++) {
      await awaitPause(this.#context, 0);
      const sent = await this.#transport.bundle(turn, this.#context.signal);
      if (sent.kind === "later" && !last.isLie()) {
        last = repeat("busy", sent.afterMillis);
      }
      if (sent.kind !== "answered") {
        continue;
      }
      try {
        const checked = await this.#judged(sent.body, purpose, wanted);
        if (checked.trusted !== undefined) {
          await this.newest(checked.trusted);
          return checked;
        }
        elsewhere = checked;
      } catch (error) {
        if (!(error instanceof OperationAborted)) {
          throw error;
        }
        last = error;
      }
    }
    if (elsewhere !== undefined) {
      return elsewhere;
    }
    throw last;
  }

  async #judged(body: Bytes, purpose: Purpose, wanted: Bytes | undefined): Promise<CheckedFleet> {
    const own = accepted(() => decodeDelivery(body));
    if (own === undefined) {
      throw lie("bad-delivery");
    }
    if (wanted !== undefined && !equal(wanted, own.fleet.id)) {
      throw lie("wrong-fleet");
    }
    let delivery = own;
    let verdict = await this.#context.trust.verify(delivery, purpose);
    if (this.#known !== undefined && verdict.kind === "untrusted") {
      delivery = { ...this.#known, fleet: own.fleet, certificates: own.certificates };
      verdict = await this.#context.trust.verify(delivery, purpose);
    }
    switch (verdict.kind) {
      case "untrusted":
        throw lie(verdict.reason);
      case "elsewhere":
        return { trusted: undefined, listing: verdict.listing, delivery, reason: verdict.reason };
      case "trusted": {
        const { trusted } = verdict;
        return { trusted, listing: trusted.listing, delivery, reason: undefined };
      }
    }
  }

  /**
   * How far the chain of the account's partition has been seen, now or before. A node that lags delivers an older
   * certificate, which is no lie; another history is.
   */
  async newest(trusted: TrustedFleet): Promise<Seen> {
    const partition = partitionAt(this.#context, trusted);
    const seen = await this.#context.memory.seen(trusted.fleet.id, partition);
    const delivered = newestCertificate(trusted, partition);
    if (delivered === undefined) {
      return seen;
    }
    checkHistory(seen, delivered.values);
    const newer = advanced(seen, trusted.listing?.epoch ?? 0n, delivered.values);
    await this.#context.memory.rememberSeen(trusted.fleet.id, partition, newer);
    return newer;
  }
}
