import { type Bytes, equal, wipe } from "../codec/bytes.js";
import { Limits } from "../codec/limits.js";
import { accepted, Rejected } from "../codec/rejected.js";
import { publicKey, sign } from "../crypto/ed25519.js";
import { decodeElement, type Element, encodeElement } from "../crypto/oprf.js";
import { type AttemptPayload, decodeAttemptPayload, decodeSuccessPayload, type Outcome } from "../protocol/outcome.js";
import { type Registration, registrationHash, sameKsf, wrappedKeyHash } from "../protocol/registration.js";
import { recoveryProofText, requestHash, type Success } from "../protocol/request.js";
import { authSeed, ownerKey, unwrap } from "../secret/key-schedule.js";
import type { BackupSecret, RecoveryCode } from "../secret/secrets.js";
import type { Verified } from "./answer-verifier.js";
import { type Candidate, type Evaluation, evaluate } from "./evaluation.js";
import { blindAfresh, blinds, finish, type OpenRequest } from "./open-request.js";
import { closeRecovery, type Finding, type PendingRecovery, type SecondMessage } from "./pending.js";
import { acceptsKsf } from "./policy.js";
import { lie, tryAgain } from "./reasons.js";
import {
  attemptsShown,
  EXHAUSTED,
  NOT_REGISTERED,
  type Recovery,
  recovered,
  unconfirmed,
  wrongCode,
} from "./results.js";
import { RetryPolicy } from "./retry-policy.js";
import type { Session } from "./session.js";

/** Candidates tried where HSMs contradict each other: all of five HSMs', the likelier of seven's. */
const CANDIDATES_MAX = 10;

/** Another round begins with a new attempt. */
const ANEW = "anew";

/**
 * One recovery: PROTOCOL.md §6.3, steps 5 and 7, and what follows.
 *
 * What is sent does not depend on whether the code is right (INV-10). Every attempt asks all HSMs at once; where that
 * confirms nothing it asks once more, before the code is tried; where the HSMs contradict each other it tries the code on
 * every result that enough of them stand behind; and the second message goes out in every case, with a random proof where
 * there is no real one. Either is kept before it is sent, and nothing is told before its outcome is certified: who holds it
 * back sees the same message again, alone, and the call ends with it whatever it stood for.
 *
 * What was found stays in the memory until {@link Recoverer.settle}, for a call asks other fleets, too.
 */
export class Recoverer {
  readonly #session: Session;
  readonly #code: RecoveryCode;
  /** The result that the code opened, stretched: once a recovery, not once a message. */
  #stretched: { readonly element: Bytes; readonly secret: Bytes } | undefined;
  /**
   * What becomes of the kept attempt once every fleet has been asked: it goes on where it stopped, it has its certified
   * end, or it is sent again with a second message of its own behind it.
   */
  #kept: "unfinished" | "ended" | "again" = "unfinished";
  #found: { readonly generation: bigint; readonly registrationHash: Bytes } | undefined;

  constructor(session: Session, code: RecoveryCode) {
    this.#session = session;
    this.#code = code;
  }

  async run(): Promise<Recovery> {
    const { memory, subject } = this.#session;
    let before = await memory.recovery(subject);
    if (before !== undefined && !blinds(before.blinded, subject, this.#code)) {
      // Another code is another guess. What is kept stays until the new attempt takes its place.
      closeRecovery(before);
      before = undefined;
    }
    for (let round = 0; round < RetryPolicy.rounds; round++) {
      const pending = before ?? (await this.#begin());
      before = undefined;
      try {
        const { second } = pending;
        const end = await (second === undefined ? this.#attempt(pending) : this.#end(pending, second, []));
        if (end !== ANEW) {
          return end;
        }
      } finally {
        closeRecovery(pending);
      }
      // The record moved on before this attempt, which was not counted.
      await memory.dropRecovery(subject);
    }
    return tryAgain("contention", RetryPolicy.againLaterMillis);
  }

  /**
   * Once every fleet has been asked: erases an attempt that has its certified end, and remembers the registration that it
   * opened.
   */
  async settle(): Promise<void> {
    const { memory, subject } = this.#session;
    if (this.#found !== undefined) {
      await memory.rememberRegistered(subject, this.#found.generation, this.#found.registrationHash);
    }
    if (this.#kept === "ended") {
      // A crash before this line recovers once more; the success has reset the guesses.
      await memory.dropRecovery(subject);
    } else if (this.#kept === "again") {
      const pending = await memory.recovery(subject);
      if (pending !== undefined) {
        await memory.keepRecovery(subject, { ...pending, second: undefined });
        closeRecovery(pending);
      }
    }
  }

  /** Erases what the code was stretched to. */
  close(): void {
    if (this.#stretched !== undefined) {
      wipe(this.#stretched.secret);
      this.#stretched = undefined;
    }
  }

  async #begin(): Promise<PendingRecovery> {
    const { context, memory, subject } = this.#session;
    const blinded = blindAfresh(context.randomness, subject, this.#code);
    const id = context.randomness(32);
    const attempt = await this.#session.open((header) => ({
      type: "attempt" as const,
      header,
      id,
      blinded: blinded.element,
    }));
    const pending = { attempt, blinded, second: undefined };
    // A crash from here on is resumed with this very request: the guess it may cost is spent once.
    await memory.keepRecovery(subject, pending);
    return pending;
  }

  async #attempt(pending: PendingRecovery): Promise<Recovery | typeof ANEW> {
    let verified = await this.#session.exchange(pending.attempt, "all");
    let refused = await this.#refusal(verified.outcome);
    if (refused !== undefined) {
      return refused;
    }
    let evaluation = evaluate(this.#session.hsms, verified);
    if (evaluation.kind !== "confirmed") {
      const again = await this.#session.exchange(pending.attempt, "all");
      refused = await this.#refusal(again.outcome);
      if (refused !== undefined) {
        return refused;
      }
      if (again.partials.length >= verified.partials.length) {
        verified = again;
        evaluation = evaluate(this.#session.hsms, verified);
      }
    }
    return this.#judge(pending, verified, evaluation);
  }

  /** How the operation ends if its outcome is not ACCEPTED. */
  async #refusal(outcome: Outcome): Promise<Recovery | typeof ANEW | undefined> {
    switch (outcome.code) {
      case "ACCEPTED":
        return undefined;
      case "STALE":
      case "NOT_PROVED":
        return ANEW;
      case "NOT_REGISTERED":
        this.#kept = "ended";
        return NOT_REGISTERED;
      case "EXHAUSTED":
        return this.#exhausted();
      default:
        throw lie("unexpected-outcome");
    }
  }

  async #exhausted(): Promise<Recovery> {
    this.#kept = "ended";
    await this.#session.memory.dropRegistered(this.#session.subject);
    return EXHAUSTED;
  }

  async #judge(pending: PendingRecovery, verified: Verified, evaluation: Evaluation): Promise<Recovery> {
    const { outcome } = verified;
    const payload = accepted(() => decodeAttemptPayload(verified.payload));
    if (payload === undefined || payload.limit <= outcome.guessesLeft || !acceptsKsf(payload.ksf)) {
      // What this client accepts is no host's business: it goes on as it does after a wrong code.
      const senseless = payload === undefined || payload.limit <= outcome.guessesLeft;
      const finding: Finding = { kind: senseless ? "unexpected-outcome" : "ksf-out-of-policy" };
      return this.#prepared(pending, await this.#pretence(pending, outcome, payload, finding), []);
    }
    const opened = await this.#opened(pending, payload, evaluation.candidates);
    if (opened !== undefined) {
      const suspects = [...verified.suspects, ...opened.liars].sort();
      return this.#prepared(pending, await this.#proof(pending, outcome, payload, opened.element), suspects);
    }
    return this.#prepared(
      pending,
      await this.#pretence(pending, outcome, payload, unopened(outcome, payload, evaluation)),
      [],
    );
  }

  /**
   * The candidate that the code opens: its derived public authKey is the record's. Every candidate is stretched, also
   * after one has opened: how long the second message lets wait must not tell hosts whether there was one (INV-10).
   */
  async #opened(
    pending: PendingRecovery,
    payload: AttemptPayload,
    candidates: readonly Candidate[],
  ): Promise<Candidate | undefined> {
    let opened: Candidate | undefined;
    for (const candidate of candidates.slice(0, CANDIDATES_MAX)) {
      const secret = await this.#stretch(pending, payload, candidate.element);
      const seed = authSeed(secret, this.#session.subject, payload.registrationId);
      const opens = equal(publicKey(seed), payload.authKey);
      wipe(seed);
      if (opens) {
        this.#keepStretched(candidate.element, secret);
        opened = candidate;
      } else {
        wipe(secret);
      }
    }
    return opened;
  }

  async #stretch(pending: PendingRecovery, payload: AttemptPayload, element: Element): Promise<Bytes> {
    const output = finish(pending.blinded, this.#session.subject, this.#code, element);
    try {
      return await this.#session.stretch(output, payload.ksf);
    } finally {
      wipe(output);
    }
  }

  #keepStretched(element: Element, secret: Bytes): void {
    this.close();
    this.#stretched = { element: encodeElement(element), secret };
  }

  async #stretchedOf(pending: PendingRecovery, payload: AttemptPayload, element: Element): Promise<Bytes> {
    if (this.#stretched === undefined || !equal(this.#stretched.element, encodeElement(element))) {
      this.#keepStretched(element, await this.#stretch(pending, payload, element));
    }
    return (this.#stretched as { secret: Bytes }).secret;
  }

  /** Signed only now that the certified outcome of this very attempt is in hand, with its number and the trail before it. */
  async #proof(
    pending: PendingRecovery,
    outcome: Outcome,
    payload: AttemptPayload,
    element: Element,
  ): Promise<SecondMessage> {
    const stretched = await this.#stretchedOf(pending, payload, element);
    const seed = authSeed(stretched, this.#session.subject, payload.registrationId);
    const { generation, attemptNumber } = outcome;
    const text = recoveryProofText(pending.attempt.request, generation, attemptNumber, payload.trailBefore);
    const proof = sign(seed, text);
    wipe(seed);
    return {
      kind: "proof",
      evaluated: encodeElement(element),
      payload,
      registrationHash: outcome.registrationHash,
      guessesUsed: payload.limit - outcome.guessesLeft,
      success: await this.#success(pending, outcome, payload.trailBefore, proof),
    };
  }

  #success(
    pending: PendingRecovery,
    outcome: Outcome,
    trailBefore: Bytes,
    proof: Bytes,
  ): Promise<OpenRequest<Success>> {
    const attempt = pending.attempt.request;
    return this.#session.open((header) => ({
      type: "success" as const,
      header,
      id: attempt.id,
      attemptRequest: requestHash(attempt),
      attemptNumber: outcome.attemptNumber,
      trailBefore,
      generation: outcome.generation,
      proof,
    }));
  }

  /** A second message that proves nothing and looks like one that does. */
  async #pretence(
    pending: PendingRecovery,
    outcome: Outcome,
    payload: AttemptPayload | undefined,
    finding: Finding,
  ): Promise<SecondMessage> {
    const trail = payload?.trailBefore ?? new Uint8Array(Limits.DIGEST);
    const random = this.#session.context.randomness(Limits.SIGNATURE);
    return { kind: "pretence", finding, success: await this.#success(pending, outcome, trail, random) };
  }

  async #prepared(pending: PendingRecovery, second: SecondMessage, suspects: readonly number[]): Promise<Recovery> {
    const ending = { ...pending, second };
    try {
      // A crash from here on sends the same message again: a proof resets nothing twice, and what was found without one
      // is told then.
      await this.#session.memory.keepRecovery(this.#session.subject, ending);
      return await this.#end(ending, second, suspects);
    } finally {
      closeRecovery(ending);
    }
  }

  /** Sends the second message, alone; the call ends with it, whatever it stands for (INV-10). */
  async #end(pending: PendingRecovery, second: SecondMessage, suspects: readonly number[]): Promise<Recovery> {
    const verified = await this.#session.exchange(second.success, "quorum");
    return second.kind === "proof"
      ? this.#finish(pending, second, verified, suspects)
      : this.#report(second.finding, verified.outcome);
  }

  /** The record moved on after the attempt. A new one is another call's, as after any verdict. */
  #overtaken(): Recovery {
    this.#kept = "ended";
    return tryAgain("contention", RetryPolicy.againLaterMillis);
  }

  /** Tells what the attempt amounted to. The outcome of a random proof says nothing about it. */
  #report(finding: Finding, outcome: Outcome): Recovery {
    if (finding.kind === "wrong") {
      if (outcome.generation !== finding.generation) {
        // Wrong for a registration that is no more: for the present one the code may be right.
        return this.#overtaken();
      }
      this.#kept = "ended";
      return wrongCode(finding.guessesLeft, finding.generation, finding.replacedWithoutProof);
    }
    // The attempt stays free to repeat, and is followed by a second message of its own.
    this.#kept = "again";
    switch (finding.kind) {
      case "unconfirmed":
        return unconfirmed(RetryPolicy.againLaterMillis);
      case "too-few-hsms":
        return tryAgain("too-few-hsms", RetryPolicy.againLaterMillis);
      case "ksf-out-of-policy":
      case "unexpected-outcome":
        throw lie(finding.kind);
    }
  }

  async #finish(
    pending: PendingRecovery,
    proof: Extract<SecondMessage, { kind: "proof" }>,
    verified: Verified,
    suspects: readonly number[],
  ): Promise<Recovery> {
    const { outcome } = verified;
    switch (outcome.code) {
      case "ACCEPTED":
        break;
      // Another device succeeded, registered or deleted meanwhile.
      case "STALE":
      case "NOT_PROVED":
      case "NOT_REGISTERED":
        return this.#overtaken();
      case "EXHAUSTED":
        return this.#exhausted();
      default:
        throw lie("unexpected-outcome");
    }
    const payload = accepted(() => decodeSuccessPayload(verified.payload));
    if (payload === undefined) {
      throw lie("unexpected-outcome");
    }
    const { registration, history } = payload;
    checkSame(registration, proof, outcome);
    const secret = await this.#unwrap(pending, proof, registration);
    this.#found = { generation: outcome.generation, registrationHash: registrationHash(registration) };
    this.#kept = "ended";
    return recovered({
      secret,
      generation: outcome.generation,
      history,
      otherAttempts: Math.max(proof.guessesUsed - 1, attemptsShown(history, outcome.attemptNumber)),
      guessesLeft: outcome.guessesLeft,
      guessesUsed: Math.max(0, registration.limit - outcome.guessesLeft),
      suspects,
      move: undefined,
      otherCodes: [],
      staleListing: false,
    });
  }

  async #unwrap(
    pending: PendingRecovery,
    proof: Extract<SecondMessage, { kind: "proof" }>,
    registration: Registration,
  ): Promise<BackupSecret> {
    const { subject } = this.#session;
    try {
      const key = await this.#stretchedOf(pending, proof.payload, decodeElement(proof.evaluated));
      const secret = await unwrap(key, subject, registration.id, registration.wrappedKey);
      // The ownerKey is under H(registration): a K that does not lead to it was put there by another.
      if (equal(ownerKey(secret, subject), registration.ownerKey)) {
        return secret;
      }
      secret.destroy();
    } catch (error) {
      if (!(error instanceof Rejected)) {
        throw error;
      }
    }
    throw lie("bad-wrapped-key");
  }
}

function unopened(outcome: Outcome, payload: AttemptPayload, evaluation: Evaluation): Finding {
  if (evaluation.kind === "confirmed") {
    const { guessesLeft, generation } = outcome;
    return { kind: "wrong", guessesLeft, generation, replacedWithoutProof: payload.replacedWithoutProof };
  }
  // Not a wrong code: one HSM can make any result of exactly t answers wrong.
  return { kind: evaluation.kind === "too-few" ? "too-few-hsms" : "unconfirmed" };
}

/** What is released is what the attempt was certified against, in every field. */
function checkSame(
  registration: Registration,
  proof: Extract<SecondMessage, { kind: "proof" }>,
  outcome: Outcome,
): void {
  const { payload } = proof;
  const hash = registrationHash(registration);
  const same =
    equal(hash, outcome.registrationHash) &&
    equal(hash, proof.registrationHash) &&
    equal(registration.authKey, payload.authKey) &&
    sameKsf(registration.ksf, payload.ksf) &&
    equal(registration.id, payload.registrationId) &&
    equal(wrappedKeyHash(registration), payload.wrappedKeyHash);
  if (!same) {
    throw lie("bad-wrapped-key");
  }
}
