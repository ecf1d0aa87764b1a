import type { Bytes } from "../codec/bytes.js";
import { sealMessage } from "../protocol/message.js";
import { partitionOf } from "../protocol/subject.js";
import { type Verified, verifyAnswer } from "./answer-verifier.js";
import type { CallContext } from "./context.js";
import type { TrustedFleet } from "./fleet-trust.js";
import { advanced } from "./memory.js";
import type { OpenRequest } from "./open-request.js";
import type { Replies, Sent, VaultTransport } from "./ports.js";
import { type Cause, OperationAborted, repeat } from "./reasons.js";
import { RetryPolicy } from "./retry-policy.js";

/** The state of one exchange. */
class Exchange {
  last = repeat("unreachable", RetryPolicy.pauseFirstMillis);
  wait = 0;
  freshLogin = false;
  loginsRefused = 0;

  note(aborted: OperationAborted): void {
    // Evidence of a lie outlasts later silence: the user has to hear of it.
    if (!this.last.isLie() || aborted.isLie()) {
      this.last = aborted;
    }
  }

  noteSent(sent: Exclude<Sent, { kind: "answered" }>): void {
    this.wait = sent.kind === "later" ? Math.min(sent.afterMillis, RetryPolicy.pauseMaxMillis) : 0;
    const login = sent.kind === "login-expired" || sent.kind === "login-invalid";
    this.freshLogin ||= sent.kind === "login-expired";
    this.loginsRefused += login ? 1 : 0;
    const cause: Cause = sent.kind === "later" ? "busy" : sent.kind;
    this.note(repeat(cause, sent.kind === "later" ? this.wait : login ? 0 : RetryPolicy.pauseFirstMillis));
  }
}

/** Waits; an aborted call ends as interrupted. */
export async function awaitPause(context: CallContext, millis: number): Promise<void> {
  if (context.signal?.aborted) {
    throw repeat("interrupted");
  }
  if (millis > 0) {
    try {
      await context.pause(millis, context.signal);
    } catch {
      throw repeat("interrupted");
    }
  }
}

/** Doubling, with up to half of it taken off at random, so that clients do not come in step. */
function backoff(context: CallContext, round: number, wish: number): number {
  const millis = Math.min(RetryPolicy.pauseFirstMillis * 2 ** Math.min(round, 10), RetryPolicy.pauseMaxMillis);
  const jitter = Math.floor((millis * (context.randomness(1)[0] as number)) / 512);
  return Math.max(millis - jitter, wish);
}

/** Nothing where no login is to be had now, which is one sending's failure and no more. */
async function message(
  context: CallContext,
  trusted: TrustedFleet,
  open: OpenRequest,
  admitting: number,
  exchange: Exchange,
): Promise<Bytes | undefined> {
  const { login, randomness } = context;
  try {
    const token = await byLogin(() => login.token(trusted.fleet.id, exchange.freshLogin));
    // A newer token was asked for once; whether it has expired, too, a node has to say again.
    exchange.freshLogin = false;
    return await sealMessage(randomness, trusted.fleet, admitting, open.request, token, (text) =>
      byLogin(() => login.sign(text)),
    );
  } catch (error) {
    if (!(error instanceof OperationAborted)) {
      throw error;
    }
    exchange.note(error);
    return undefined;
  }
}

/** What the app's login gives; whatever it fails with, none is to be had now. */
export async function byLogin<T>(ask: () => Promise<T> | T): Promise<T> {
  try {
    return await ask();
  } catch {
    throw repeat("login-expired");
  }
}

/**
 * Brings a kept request to a verified outcome: the same request octets, sealed afresh for every sending, to one HSM and
 * node after another, a bounded number of times. Repetition is free (INV-8), so every failure, lie or silence is answered
 * by asking elsewhere.
 */
export async function exchangeRequest(
  context: CallContext,
  way: VaultTransport,
  trusted: TrustedFleet,
  open: OpenRequest,
  replies: Replies,
): Promise<Verified> {
  const { fleet, listing } = trusted;
  const { n, partitions } = fleet.settings;
  const partition = partitionOf(open.request.header.subject, partitions);
  const first = context.randomness(1)[0] as number;
  const exchange = new Exchange();
  context.onProgress({ step: "asking" });
  for (let turn = 0; turn < 2 * n && exchange.loginsRefused < RetryPolicy.loginsRefused; turn++) {
    // In the first round every node is asked at once; in the second each sending waits.
    await awaitPause(context, turn < n ? exchange.wait : backoff(context, turn - n, exchange.wait));
    exchange.wait = 0;
    const admitting = 1 + ((first + turn) % n);
    const sealed = await message(context, trusted, open, admitting, exchange);
    if (sealed === undefined) {
      continue;
    }
    const sent = await way.post(sealed, admitting, replies, turn, context.signal);
    if (sent.kind !== "answered") {
      exchange.noteSent(sent);
      continue;
    }
    const seen = await context.memory.seen(fleet.id, partition);
    let verified: Verified;
    try {
      verified = await verifyAnswer(fleet, open, seen, sent.body);
    } catch (error) {
      if (!(error instanceof OperationAborted)) {
        throw error;
      }
      exchange.note(error);
      continue;
    }
    await context.memory.rememberSeen(fleet.id, partition, advanced(seen, listing?.epoch ?? 0n, verified.values));
    return verified;
  }
  throw exchange.last;
}
