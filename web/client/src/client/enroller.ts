import { type Bytes, equal, wipe } from "../codec/bytes.js";
import { accepted } from "../codec/rejected.js";
import { publicKey, sign } from "../crypto/ed25519.js";
import type { Element } from "../crypto/oprf.js";
import { decodeStartPayload, isLive, type Outcome } from "../protocol/outcome.js";
import { type Registration, registrationHash } from "../protocol/registration.js";
import { ownerReplaceText, type RegisterFinish } from "../protocol/request.js";
import { authSeed, ownerKey, ownerSeed, wrap } from "../secret/key-schedule.js";
import type { BackupSecret, RecoveryCode } from "../secret/secrets.js";
import type { Verified } from "./answer-verifier.js";
import { evaluate } from "./evaluation.js";
import { blindAfresh, blinds, finish, type OpenRequest } from "./open-request.js";
import { closeEnrolment, type PendingEnrolment } from "./pending.js";
import { lie, tryAgain } from "./reasons.js";
import { type Alive, ENROLMENT_EXHAUSTED, type Enrolment, enrolled, NOT_ACCEPTABLE, notAuthorised } from "./results.js";
import { RetryPolicy } from "./retry-policy.js";
import type { Session } from "./session.js";

/** By what right a live registration is replaced or deleted. */
export type Authority =
  /** None: only where no registration is alive. */
  | { readonly kind: "none" }
  /** The K that the live registration protects. */
  | { readonly kind: "owner"; readonly secret: BackupSecret }
  /** The login alone, where the fleet's settings allow it; recorded as such. */
  | { readonly kind: "login" };

/** Another round begins with a new registration. */
const ANEW = "anew";

/**
 * One enrolment: PROTOCOL.md §6.3, step 6. A registration made from an evaluation that one HSM falsified could never be
 * opened again, so nothing is finished before t+1 HSMs agree; and a finish that may be under way is brought to its
 * certified end before anything else is begun.
 */
export class Enroller {
  readonly #session: Session;
  readonly #code: RecoveryCode;
  readonly #secret: BackupSecret;
  readonly #authority: Authority;
  readonly #suspects = new Set<number>();

  constructor(session: Session, code: RecoveryCode, secret: BackupSecret, authority: Authority) {
    this.#session = session;
    this.#code = code;
    this.#secret = secret;
    this.#authority = authority;
  }

  async run(): Promise<Enrolment> {
    const { memory, subject } = this.#session;
    let kept = await memory.enrolment(subject);
    for (let round = 0; round < RetryPolicy.rounds; round++) {
      const pending = kept ?? (await this.#begin());
      kept = undefined;
      try {
        const mine = blinds(pending.blinded, subject, this.#code) && this.#sameSecret(pending);
        if (mine || pending.finish !== undefined) {
          const end = await (pending.finish !== undefined ? this.#finish(pending) : this.#start(pending));
          if (mine && end !== ANEW) {
            return end;
          }
        }
      } finally {
        closeEnrolment(pending);
      }
      await memory.dropEnrolment(subject);
    }
    return tryAgain("contention", RetryPolicy.againLaterMillis);
  }

  /**
   * Whether a registration is alive here. Asks by the start of one, which counts nothing, and goes no further. Certified
   * outcomes name what is alive in every case, also where the start itself is refused.
   */
  async occupied(): Promise<boolean> {
    return (await this.alive()) !== undefined;
  }

  /** The same, with what that outcome says of it. */
  async alive(): Promise<Alive | undefined> {
    const { memory, subject } = this.#session;
    const pending = await this.#starting();
    try {
      const { outcome } = await this.#session.exchange(pending.start, "quorum");
      if (!isLive(outcome)) {
        return undefined;
      }
      const seen = await memory.registered(subject);
      const changed = seen !== undefined && !equal(seen.hash, outcome.registrationHash);
      return { guessesLeft: outcome.guessesLeft, changed };
    } finally {
      closeEnrolment(pending);
    }
  }

  #sameSecret(pending: PendingEnrolment): boolean {
    const kept = pending.finish?.request.request.registration.ownerKey;
    return kept === undefined || equal(kept, ownerKey(this.#secret, this.#session.subject));
  }

  async #begin(): Promise<PendingEnrolment> {
    const pending = await this.#starting();
    await this.#session.memory.keepEnrolment(this.#session.subject, pending);
    return pending;
  }

  async #starting(): Promise<PendingEnrolment> {
    const { context, subject } = this.#session;
    const blinded = blindAfresh(context.randomness, subject, this.#code);
    const id = context.randomness(32);
    const start = await this.#session.open((header) => ({
      type: "register-start" as const,
      header,
      id,
      blinded: blinded.element,
    }));
    return { start, blinded, finish: undefined };
  }

  async #start(pending: PendingEnrolment): Promise<Enrolment | typeof ANEW> {
    let verified = await this.#session.exchange(pending.start, "all");
    let refused = await this.#refusal(verified.outcome);
    let evaluation = evaluate(this.#session.hsms, verified);
    if (refused === undefined && evaluation.kind !== "confirmed") {
      verified = await this.#session.exchange(pending.start, "all");
      refused = await this.#refusal(verified.outcome);
      evaluation = evaluate(this.#session.hsms, verified);
    }
    if (refused !== undefined) {
      return refused;
    }
    const [result] = evaluation.candidates;
    if (evaluation.kind !== "confirmed" || result === undefined) {
      return tryAgain("too-few-hsms", RetryPolicy.againLaterMillis);
    }
    for (const suspect of [...verified.suspects, ...result.liars]) {
      this.#suspects.add(suspect);
    }
    return this.#prepare(pending, verified, result.element);
  }

  /** How the operation ends if its outcome is not ACCEPTED. */
  async #refusal(outcome: Outcome): Promise<Enrolment | typeof ANEW | undefined> {
    const { memory, subject } = this.#session;
    switch (outcome.code) {
      case "ACCEPTED":
        return undefined;
      // NOT_REGISTERED: a finish sent again after another device deleted what it had stored.
      case "STALE":
      case "REGISTRATION_FINISHED":
      case "NOT_PENDING":
      case "NOT_REGISTERED":
        return ANEW;
      case "NOT_AUTHORISED":
        return this.#ended(this.#notAuthorised());
      case "NOT_ACCEPTABLE":
        return this.#ended(NOT_ACCEPTABLE);
      case "EXHAUSTED":
        await memory.dropRegistered(subject);
        return this.#ended(ENROLMENT_EXHAUSTED);
      case "NOT_PROVED":
      case "MALFORMED":
        throw lie("unexpected-outcome");
    }
  }

  async #ended(end: Enrolment): Promise<Enrolment> {
    await this.#session.memory.dropEnrolment(this.#session.subject);
    return end;
  }

  #notAuthorised(): Enrolment {
    return notAuthorised(this.#session.trusted.fleet.settings.replaceByLogin);
  }

  async #prepare(pending: PendingEnrolment, verified: Verified, element: Element): Promise<Enrolment | typeof ANEW> {
    const { memory, subject, trusted } = this.#session;
    const live = isLive(verified.outcome);
    const { kind } = this.#authority;
    if (live && (kind === "none" || (kind === "login" && !trusted.fleet.settings.replaceByLogin))) {
      return this.#ended(this.#notAuthorised());
    }
    const granted = accepted(() => decodeStartPayload(verified.payload));
    if (granted === undefined) {
      throw lie("unexpected-outcome");
    }
    const registration = await this.#registration(pending, element);
    const bare = await this.#session.open((header) => ({
      type: "register-finish" as const,
      header,
      ...granted,
      registration,
      authorisation: { kind: "none" as const },
    }));
    const request = await this.#authorised(bare, live ? verified.outcome.generation : undefined);
    const finishing: PendingEnrolment = { ...pending, finish: { request, replaces: live } };
    try {
      // A crash from here on repeats this very finish until its outcome is certified (INV-8).
      await memory.keepEnrolment(subject, finishing);
      return await this.#finish(finishing);
    } finally {
      closeEnrolment(finishing);
    }
  }

  async #registration(pending: PendingEnrolment, element: Element): Promise<Registration> {
    const { context, subject, trusted } = this.#session;
    const { ksf, guessLimit } = context.trust.policy;
    const { id } = pending.start.request;
    const output = finish(pending.blinded, subject, this.#code, element);
    const secrets: Bytes[] = [output];
    try {
      const stretched = await this.#session.stretch(output, ksf);
      const seed = authSeed(stretched, subject, id);
      secrets.push(stretched, seed);
      return {
        authKey: publicKey(seed),
        ownerKey: ownerKey(this.#secret, subject),
        wrappedKey: await wrap(context.randomness, stretched, subject, id, this.#secret),
        limit: Math.min(guessLimit, trusted.fleet.settings.guessLimitMax),
        ksf,
        id,
      };
    } finally {
      wipe(...secrets);
    }
  }

  /**
   * The same request with the word of the K that the live registration protects, or of the login: needed where no
   * registration is alive, also by who holds the K of the one that was.
   */
  async #authorised(
    bare: OpenRequest<RegisterFinish>,
    oldGeneration: bigint | undefined,
  ): Promise<OpenRequest<RegisterFinish>> {
    const { request } = bare;
    if (this.#authority.kind !== "owner" || oldGeneration === undefined) {
      const authorisation = await this.#session.loginWord(request);
      return { ...bare, request: { ...request, authorisation } };
    }
    const seed = ownerSeed(this.#authority.secret, this.#session.subject);
    const signature = sign(seed, ownerReplaceText(oldGeneration, request));
    wipe(seed);
    return { ...bare, request: { ...request, authorisation: { kind: "owner", signature } } };
  }

  async #finish(pending: PendingEnrolment): Promise<Enrolment | typeof ANEW> {
    const { memory, subject } = this.#session;
    const { request, replaces } = pending.finish as NonNullable<PendingEnrolment["finish"]>;
    const { outcome } = await this.#session.exchange(request, "quorum");
    const refused = await this.#refusal(outcome);
    if (refused !== undefined) {
      return refused;
    }
    const stored = registrationHash(request.request.registration);
    if (!equal(outcome.registrationHash, stored)) {
      throw lie("unexpected-outcome");
    }
    await memory.rememberRegistered(subject, outcome.generation, stored);
    // Attempts against what was replaced are over.
    await memory.dropRecovery(subject);
    await memory.dropEnrolment(subject);
    return enrolled(outcome.generation, replaces, [...this.#suspects].sort());
  }
}
