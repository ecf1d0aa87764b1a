import { equal, wipe } from "../codec/bytes.js";
import { sign } from "../crypto/ed25519.js";
import { type Delete, ownerDeleteText } from "../protocol/request.js";
import { ownerSeed } from "../secret/key-schedule.js";
import type { Authority } from "./enroller.js";
import { closeOpen, type OpenRequest } from "./open-request.js";
import { lie, tryAgain } from "./reasons.js";
import { FORGOTTEN, type Forgetting, NOT_YOURS_TO_FORGET, NOTHING_TO_FORGET } from "./results.js";
import { RetryPolicy } from "./retry-policy.js";
import type { Session } from "./session.js";

async function request(session: Session, generation: bigint, authority: Authority): Promise<OpenRequest<Delete>> {
  const bare = await session.open((header) => ({
    type: "delete" as const,
    header,
    generation,
    authorisation: { kind: "none" as const },
  }));
  if (authority.kind !== "owner") {
    return { ...bare, request: { ...bare.request, authorisation: await session.loginWord(bare.request) } };
  }
  const seed = ownerSeed(authority.secret, session.subject);
  const signature = sign(seed, ownerDeleteText(bare.request));
  wipe(seed);
  return { ...bare, request: { ...bare.request, authorisation: { kind: "owner", signature } } };
}

/** One deletion. Nothing of it is kept: deleting twice is deleting once, and the proof is for one generation. */
export async function forgetAt(session: Session, authority: Authority): Promise<Forgetting> {
  const { memory, subject, trusted } = session;
  const { kind } = authority;
  if (kind === "none" || (kind === "login" && !trusted.fleet.settings.deleteByLogin)) {
    return NOT_YOURS_TO_FORGET;
  }
  const end = async (forgetting: Forgetting) => {
    await memory.dropRegistered(subject);
    await memory.dropRecovery(subject);
    return forgetting;
  };
  const registered = await memory.registered(subject);
  const own = registered !== undefined && equal(registered.fleetId, subject.fleetId);
  let generation = own ? registered.generation : 1n;
  for (let round = 0; round < RetryPolicy.rounds; round++) {
    const open = await request(session, generation, authority);
    const { outcome } = await session.exchange(open, "quorum").finally(() => closeOpen(open));
    switch (outcome.code) {
      case "ACCEPTED":
        return end(FORGOTTEN);
      case "NOT_REGISTERED":
      case "EXHAUSTED":
        return end(NOTHING_TO_FORGET);
      case "NOT_AUTHORISED":
        // The certified refusal tells the generation, which this device may not have known.
        if (outcome.generation === generation) {
          return NOT_YOURS_TO_FORGET;
        }
        generation = outcome.generation;
        break;
      case "STALE":
        // Taken again with a newer seenK.
        break;
      default:
        throw lie("unexpected-outcome");
    }
  }
  return tryAgain("contention", RetryPolicy.againLaterMillis);
}
