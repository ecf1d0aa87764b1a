import { type Bytes, equal, hex, zeros } from "../../src/codec/bytes.js";
import { Writer } from "../../src/codec/writer.js";
import { verify } from "../../src/crypto/ed25519.js";
import { hash as hashOf } from "../../src/crypto/hash.js";
import { encodeAttemptPayload, type OutcomeCode } from "../../src/protocol/outcome.js";
import {
  type Registration,
  registrationHash,
  wrappedKeyHash,
  writeRegistration,
} from "../../src/protocol/registration.js";
import {
  type Attempt,
  type Delete,
  ownerDeleteText,
  ownerReplaceText,
  type RegisterFinish,
  type RegisterStart,
  type Request,
  recoveryProofText,
  requestHash,
  type Success,
} from "../../src/protocol/request.js";
import { encodeSubject } from "../../src/protocol/subject.js";
import { type MiniFleet, type Polynomial, randomScalar } from "./mini-fleet.js";

export interface Verdict {
  readonly code: OutcomeCode;
  readonly generation: bigint;
  readonly attemptNumber: bigint;
  readonly guessesLeft: number;
  readonly registrationHash: Bytes;
  readonly payload: Bytes;
  readonly polynomial: Polynomial | undefined;
}

interface Live {
  readonly registration: Registration;
  readonly polynomial: Polynomial;
  open: { attempt: Attempt; trail: Bytes; number: bigint }[];
}

const NONE = new Uint8Array(0);

/** H of a tuple under a label that no client needs. */
function labelled(label: string, ...fields: readonly (Uint8Array | bigint)[]): Bytes {
  const out = new Writer().field(`coffer/v1/${label}`);
  for (const field of fields) {
    out.field(field);
  }
  return hashOf(out);
}

/** One account's record by the rules of PROTOCOL.md §5.3, as far as a client can tell. */
export class MiniRecord {
  generation = 0n;
  attemptNumber = 0n;
  floorK = 0n;
  live: Live | undefined;
  dead = false;
  replacedWithoutProof = false;
  #pending: { start: RegisterStart; hash: string; polynomial: Polynomial; k: bigint } | undefined;
  #finished: { regId: string; hash: string } | undefined;
  #succeeded: { hash: string; payload: Bytes } | undefined;
  /** The trail of the newest attempt that is open no more. */
  #settled: Bytes = zeros(32);
  readonly #history: { kind: number; k: bigint; number: bigint }[] = [];

  constructor(readonly fleet: MiniFleet) {}

  apply(request: Request, k: bigint): Verdict {
    const hash = hex(requestHash(request));
    switch (request.type) {
      case "register-start":
        return this.#start(request, hash, k);
      case "register-finish":
        return this.#finish(request, hash, k);
      case "attempt":
        return this.#attempt(request, k);
      case "success":
        return this.#success(request, hash, k);
      case "delete":
        return this.#delete(request, k);
    }
  }

  #verdict(code: OutcomeCode, payload: Bytes = NONE, polynomial?: Polynomial, number = this.attemptNumber): Verdict {
    const left = this.live === undefined ? 0 : this.live.registration.limit - this.live.open.length;
    const live = this.live === undefined ? zeros(32) : registrationHash(this.live.registration);
    return {
      code,
      generation: this.generation,
      attemptNumber: number,
      guessesLeft: left,
      registrationHash: live,
      payload,
      polynomial,
    };
  }

  /** The trail before the open attempt at that place, or before the next one. */
  #before(place: number): Bytes {
    return this.live?.open[place - 1]?.trail ?? this.#settled;
  }

  #trail(place: number, attempt: Attempt): Bytes {
    const { header, id } = attempt;
    const tag = labelled("attempt-tag", encodeSubject(header.subject), this.generation, id, requestHash(attempt));
    return labelled("attempt-trail", this.#before(place), tag);
  }

  /** Whatever ends a registration moves the settled trail on to the newest. */
  #settle(): void {
    this.#settled = this.#before(this.live?.open.length ?? 0);
  }

  #stale(request: Request, k: bigint): boolean {
    return !(this.floorK <= request.header.seenK && request.header.seenK < k);
  }

  #note(kind: number, k: bigint): void {
    this.#history.push({ kind, k, number: this.attemptNumber });
    this.#history.splice(0, Math.max(0, this.#history.length - 8));
  }

  #start(request: RegisterStart, hash: string, k: bigint): Verdict {
    if (this.#finished?.regId === hex(request.id)) {
      return this.#verdict("REGISTRATION_FINISHED");
    }
    if (this.#pending?.hash !== hash) {
      if (this.#stale(request, k)) {
        return this.#verdict("STALE");
      }
      const t = Math.floor(this.fleet.n / 2) + 1;
      this.#pending = { start: request, hash, polynomial: Array.from({ length: t }, randomScalar), k };
    }
    const payload = new Writer().u64(this.#pending.k).u16(1).bytes();
    return this.#verdict("ACCEPTED", payload, this.#pending.polynomial);
  }

  #finish(request: RegisterFinish, hash: string, k: bigint): Verdict {
    if (this.#finished?.hash === hash) {
      return this.#verdict("ACCEPTED");
    }
    const { registration, authorisation } = request;
    const pending = this.#pending;
    if (pending === undefined || pending.k !== request.k || !equal(pending.start.id, registration.id)) {
      return this.#verdict("NOT_PENDING");
    }
    if (this.#stale(request, k)) {
      return this.#verdict("STALE");
    }
    const owner = this.live?.registration.ownerKey;
    const text = ownerReplaceText(this.generation, request);
    const byOwner =
      owner !== undefined && authorisation.kind === "owner" && verify(owner, text, authorisation.signature);
    const byLogin = authorisation.kind === "login" && (owner === undefined || this.fleet.replaceByLogin);
    if (!byOwner && !byLogin) {
      return this.#verdict("NOT_AUTHORISED");
    }
    this.replacedWithoutProof ||= owner !== undefined && !byOwner;
    this.#settle();
    this.live = { registration, polynomial: pending.polynomial, open: [] };
    this.dead = false;
    this.generation++;
    this.floorK = k;
    this.#pending = undefined;
    this.#finished = { regId: hex(registration.id), hash };
    this.#note(owner === undefined ? 1 : byOwner ? 2 : 3, k);
    return this.#verdict("ACCEPTED");
  }

  #attempt(request: Attempt, k: bigint): Verdict {
    if (this.live === undefined) {
      return this.#verdict(this.dead ? "EXHAUSTED" : "NOT_REGISTERED");
    }
    const { registration, polynomial, open } = this.live;
    const found = open.findIndex((one, place) => equal(one.trail, this.#trail(place, request)));
    const place = found < 0 ? open.length : found;
    if (found < 0) {
      if (this.#stale(request, k)) {
        return this.#verdict("STALE");
      }
      if (open.length === registration.limit) {
        this.#settle();
        this.live = undefined;
        this.dead = true;
        return this.#verdict("EXHAUSTED");
      }
      this.attemptNumber++;
      open.push({ attempt: request, trail: this.#trail(place, request), number: this.attemptNumber });
      this.#note(4, k);
    }
    const payload = encodeAttemptPayload({
      authKey: registration.authKey,
      ksf: registration.ksf,
      limit: registration.limit,
      wrappedKeyHash: wrappedKeyHash(registration),
      registrationId: registration.id,
      replacedWithoutProof: this.replacedWithoutProof,
      trailBefore: this.#before(place),
    });
    return this.#verdict("ACCEPTED", payload, polynomial, open[place]?.number ?? this.attemptNumber);
  }

  #success(request: Success, hash: string, k: bigint): Verdict {
    if (this.#succeeded?.hash === hash) {
      return this.#verdict("ACCEPTED", this.#succeeded.payload, undefined, request.attemptNumber);
    }
    const place = this.live?.open.findIndex((one) => one.number === request.attemptNumber) ?? -1;
    const open = this.live?.open[place];
    if (this.live === undefined || open === undefined || request.generation !== this.generation) {
      return this.#verdict("NOT_PROVED");
    }
    const { registration } = this.live;
    const before = this.#before(place);
    const text = recoveryProofText(open.attempt, this.generation, open.number, before);
    if (!equal(request.trailBefore, before) || !verify(registration.authKey, text, request.proof)) {
      return this.#verdict("NOT_PROVED");
    }
    this.#settled = open.trail;
    this.live.open = this.live.open.slice(place + 1);
    this.floorK = k;
    this.#note(5, k);
    const payload = new Writer();
    writeRegistration(registration, payload);
    payload.u8(this.#history.length);
    for (const item of this.#history) {
      payload.u8(item.kind).u64(item.k).u64(item.number);
    }
    this.#succeeded = { hash, payload: payload.bytes() };
    return this.#verdict("ACCEPTED", this.#succeeded.payload, undefined, request.attemptNumber);
  }

  #delete(request: Delete, k: bigint): Verdict {
    if (this.live === undefined) {
      return this.#verdict("NOT_REGISTERED");
    }
    const { ownerKey } = this.live.registration;
    const { authorisation } = request;
    const owner = authorisation.kind === "owner" && verify(ownerKey, ownerDeleteText(request), authorisation.signature);
    if (!owner || request.generation !== this.generation) {
      return this.#verdict("NOT_AUTHORISED");
    }
    if (this.#stale(request, k)) {
      return this.#verdict("STALE");
    }
    this.#settle();
    this.live = undefined;
    this.floorK = k;
    return this.#verdict("ACCEPTED");
  }
}
