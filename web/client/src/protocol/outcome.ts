import { type Bytes, equal, zeros } from "../codec/bytes.js";
import { labelText, tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import { decode, type Reader } from "../codec/reader.js";
import { Rejected } from "../codec/rejected.js";
import { Writer } from "../codec/writer.js";
import { hash } from "../crypto/hash.js";
import { type KsfParameters, type Registration, readKsf, readRegistration, writeKsf } from "./registration.js";
import { type RequestType, typeNumber, typeOf } from "./request.js";

/** Verdicts and what comes with them (PROTOCOL.md §6.1 and §6.2). */

const CODES = [
  "ACCEPTED",
  "STALE",
  "REGISTRATION_FINISHED",
  "NOT_PENDING",
  "NOT_AUTHORISED",
  "NOT_ACCEPTABLE",
  "NOT_REGISTERED",
  "EXHAUSTED",
  "NOT_PROVED",
  "MALFORMED",
] as const;

export type OutcomeCode = (typeof CODES)[number];

export interface Outcome {
  readonly position: number;
  readonly type: RequestType;
  readonly requestHash: Bytes;
  readonly code: OutcomeCode;
  readonly generation: bigint;
  readonly attemptNumber: bigint;
  readonly guessesLeft: number;
  readonly registrationHash: Bytes;
  readonly payloadHash: Bytes;
}

/** Whether a registration is alive after the operation. */
export function isLive(outcome: Outcome): boolean {
  return !equal(outcome.registrationHash, zeros(Limits.DIGEST));
}

function codeOf(number: number): OutcomeCode {
  const code = CODES[number - 1];
  if (code === undefined) {
    throw new Rejected("UNKNOWN_TAG", "outcome code");
  }
  return code;
}

export function encodeOutcome(outcome: Outcome): Bytes {
  return new Writer()
    .u16(outcome.position)
    .u8(typeNumber(outcome.type))
    .raw(outcome.requestHash)
    .u8(CODES.indexOf(outcome.code) + 1)
    .u64(outcome.generation)
    .u64(outcome.attemptNumber)
    .u8(outcome.guessesLeft)
    .raw(outcome.registrationHash)
    .raw(outcome.payloadHash)
    .bytes();
}

export function readOutcome(reader: Reader): Outcome {
  return {
    position: reader.number(0, Limits.OPERATIONS_MAX - 1, reader.u16(), "position"),
    type: typeOf(reader.u8()),
    requestHash: reader.raw(Limits.DIGEST),
    code: codeOf(reader.u8()),
    generation: reader.u64(),
    attemptNumber: reader.u64(),
    guessesLeft: reader.number(0, Limits.GUESSES_MAX, reader.u8(), "guesses left"),
    registrationHash: reader.raw(Limits.DIGEST),
    payloadHash: reader.raw(Limits.DIGEST),
  };
}

/** The leaf of an outcome under a blind, which hides it from hosts. */
export function outcomeLeaf(outcome: Outcome, blind: Bytes): Bytes {
  return hash(new Writer().u8(0).field(labelText("outcome-leaf")).field(blind).field(encodeOutcome(outcome)));
}

export function payloadHash(payload: Bytes): Bytes {
  return hash(tuple("payload-hash", payload));
}

function inner(left: Bytes, right: Bytes): Bytes {
  return hash(new Writer().u8(1).raw(left).raw(right));
}

/** Whether `leaf` stands at `position` of `size` under `root` (RFC 9162 §2.1.3.2). */
export function outcomeContained(
  root: Bytes,
  size: number,
  position: number,
  leaf: Bytes,
  path: readonly Bytes[],
): boolean {
  let at = position;
  let last = size - 1;
  let found = leaf;
  for (const sibling of path) {
    if (last === 0) {
      return false;
    }
    if ((at & 1) === 1 || at === last) {
      found = inner(sibling, found);
      while ((at & 1) === 0 && at !== 0) {
        at >>>= 1;
        last >>>= 1;
      }
    } else {
      found = inner(found, sibling);
    }
    at >>>= 1;
    last >>>= 1;
  }
  return last === 0 && equal(found, root);
}

/** What an accepted RegisterStart tells: where the evaluation was granted. */
export interface StartPayload {
  readonly k: bigint;
  readonly position: number;
}

export function decodeStartPayload(payload: Bytes): StartPayload {
  return decode(payload, (reader) => ({
    k: reader.u64(),
    position: reader.number(0, Limits.OPERATIONS_MAX - 1, reader.u16(), "position"),
  }));
}

/** What an accepted attempt tells: enough to try the code, nothing that opens without it. */
export interface AttemptPayload {
  readonly authKey: Bytes;
  readonly ksf: KsfParameters;
  readonly limit: number;
  readonly wrappedKeyHash: Bytes;
  readonly registrationId: Bytes;
  readonly replacedWithoutProof: boolean;
  /** The account's trail before this attempt: its success must name it. */
  readonly trailBefore: Bytes;
}

export function encodeAttemptPayload(payload: AttemptPayload): Bytes {
  const out = new Writer().raw(payload.authKey);
  writeKsf(payload.ksf, out);
  return out
    .u8(payload.limit)
    .raw(payload.wrappedKeyHash)
    .raw(payload.registrationId)
    .bool(payload.replacedWithoutProof)
    .raw(payload.trailBefore)
    .bytes();
}

export function decodeAttemptPayload(payload: Bytes): AttemptPayload {
  return decode(payload, (reader) => ({
    authKey: reader.raw(Limits.DIGEST),
    ksf: readKsf(reader),
    limit: reader.number(1, Limits.GUESSES_MAX, reader.u8(), "limit"),
    wrappedKeyHash: reader.raw(Limits.DIGEST),
    registrationId: reader.raw(Limits.DIGEST),
    replacedWithoutProof: reader.bool(),
    trailBefore: reader.raw(Limits.DIGEST),
  }));
}

const KINDS = [
  "registered",
  "replaced",
  "replaced-without-proof",
  "attempt",
  "success",
  "exhausted",
  "deleted",
  "refused",
] as const;

/** One remembered event of an account (PROTOCOL.md §11.2). */
export interface HistoryItem {
  readonly kind: (typeof KINDS)[number];
  readonly k: bigint;
  readonly attemptNumber: bigint;
}

function readHistoryItem(reader: Reader): HistoryItem {
  const kind = KINDS[reader.u8() - 1];
  if (kind === undefined) {
    throw new Rejected("UNKNOWN_TAG", "history kind");
  }
  return { kind, k: reader.u64(), attemptNumber: reader.u64() };
}

/** What an accepted success releases. */
export interface SuccessPayload {
  readonly registration: Registration;
  readonly history: readonly HistoryItem[];
}

export function decodeSuccessPayload(payload: Bytes): SuccessPayload {
  return decode(payload, (reader) => {
    const registration = readRegistration(reader);
    const count = reader.number(0, Limits.HISTORY, reader.u8(), "history");
    return { registration, history: Array.from({ length: count }, () => readHistoryItem(reader)) };
  });
}
