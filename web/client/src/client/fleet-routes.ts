import { type Bytes, equal } from "../codec/bytes.js";
import { accepted } from "../codec/rejected.js";
import { decodeDelivery } from "../protocol/answer.js";
import type { CallContext } from "./context.js";
import type { VaultTransport } from "./ports.js";
import { RetryPolicy } from "./retry-policy.js";

/**
 * The ways to a fleet, each of them once: where it was found before, then what one node after another tells, then where
 * the app's own addresses lead. Nodes are asked only when their word is needed. All of it hints: who is met there has to
 * be that fleet.
 *
 * @param root the way that this call began with
 * @param met the fleet that was met there
 */
export async function* fleetRoutes(
  context: CallContext,
  root: VaultTransport,
  met: Bytes,
  fleetId: Bytes,
): AsyncGenerator<VaultTransport, void, void> {
  const own = context.transport;
  const given = new Set<unknown>();
  const name = (way: VaultTransport): unknown => way.address() ?? way;
  const fresh = (way: VaultTransport | undefined): way is VaultTransport => {
    if (way === undefined || given.has(name(way))) {
      return false;
    }
    given.add(name(way));
    return true;
  };
  if (!equal(met, fleetId)) {
    given.add(name(root));
  } else if (fresh(root)) {
    // It may be there for another purpose than the one that this call began with.
    yield root;
  }
  for (const way of await context.memory.ways()) {
    const known = equal(way.fleetId, fleetId) ? own.at(way.address) : undefined;
    if (fresh(known)) {
      yield known;
    }
  }
  for (let turn = 0; turn < RetryPolicy.nodesAsked; turn++) {
    const told = await root.toward(fleetId, turn, context.signal);
    if (fresh(told)) {
      yield told;
    }
  }
  // They may still be that fleet's, where it was not they who answered.
  if (fresh(own)) {
    yield own;
  }
}

/** The id is a hash over all keys: nobody else's description has it. */
async function leads(context: CallContext, other: VaultTransport, fleetId: Bytes): Promise<boolean> {
  for (let turn = 0; turn < RetryPolicy.routeChecks; turn++) {
    const sent = await other.bundle(turn, context.signal);
    const delivery = sent.kind === "answered" ? accepted(() => decodeDelivery(sent.body)) : undefined;
    if (delivery !== undefined && equal(delivery.fleet.id, fleetId)) {
      return true;
    }
  }
  return false;
}

/**
 * A way to a fleet that hosts of another one told, who may lie: where they lead can repeat the fleet's description and
 * carry no message. After a few sendings that failed, the next way is taken that leads to that fleet. Depends on what was
 * carried alone, never on a code.
 */
export function failoverTransport(
  context: CallContext,
  fleetId: Bytes,
  first: VaultTransport,
  others: AsyncGenerator<VaultTransport, void, void>,
): VaultTransport {
  let way = first;
  const turnOff = async () => {
    for (let next = await others.next(); next.done !== true; next = await others.next()) {
      if (await leads(context, next.value, fleetId)) {
        way = next.value;
        return;
      }
    }
  };
  return {
    post: async (message, admitting, replies, turn, signal) => {
      if (turn > 0 && turn % RetryPolicy.routeFailures === 0) {
        await turnOff();
      }
      return way.post(message, admitting, replies, turn, signal);
    },
    bundle: (turn, signal) => way.bundle(turn, signal),
    toward: async () => undefined,
    address: () => undefined,
    at: () => undefined,
    insisting() {
      return this;
    },
  };
}
