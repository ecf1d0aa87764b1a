import { type Bytes, wipe } from "../codec/bytes.js";
import { Limits } from "../codec/limits.js";
import type { Reader } from "../codec/reader.js";
import { Rejected } from "../codec/rejected.js";
import { Writer } from "../codec/writer.js";
import { type AttemptPayload, decodeAttemptPayload, encodeAttemptPayload } from "../protocol/outcome.js";
import type { Attempt, RegisterFinish, RegisterStart, Success } from "../protocol/request.js";
import {
  type Blinded,
  closeOpen,
  type OpenRequest,
  readBlinded,
  readOpen,
  writeBlinded,
  writeOpen,
} from "./open-request.js";

/** Operations without their certified end, as they are kept. */

/** What a certified attempt that opened nothing amounted to. */
export type Finding =
  /** At least t+1 HSMs agree on a result that the code does not open. */
  | {
      readonly kind: "wrong";
      readonly guessesLeft: number;
      readonly generation: bigint;
      readonly replacedWithoutProof: boolean;
    }
  /** Not a verdict on the code. */
  | { readonly kind: (typeof OPEN)[number] };

const OPEN = ["unconfirmed", "too-few-hsms", "ksf-out-of-policy", "unexpected-outcome"] as const;

/** The second half of a recovery: the Success that is sent in every case (INV-10). */
export type SecondMessage =
  /** The code was right. `evaluated` gives, with the code, every key again. */
  | {
      readonly kind: "proof";
      readonly evaluated: Bytes;
      readonly payload: AttemptPayload;
      readonly registrationHash: Bytes;
      readonly guessesUsed: number;
      readonly success: OpenRequest<Success>;
    }
  /** Nothing is proved: the Success holds random octets. */
  | { readonly kind: "pretence"; readonly finding: Finding; readonly success: OpenRequest<Success> };

export interface PendingRecovery {
  readonly attempt: OpenRequest<Attempt>;
  readonly blinded: Blinded;
  readonly second: SecondMessage | undefined;
}

export interface PendingEnrolment {
  readonly start: OpenRequest<RegisterStart>;
  readonly blinded: Blinded;
  readonly finish: { readonly request: OpenRequest<RegisterFinish>; readonly replaces: boolean } | undefined;
}

function writeFinding(finding: Finding, out: Writer): void {
  if (finding.kind === "wrong") {
    out.u8(0).u8(finding.guessesLeft).u64(finding.generation).bool(finding.replacedWithoutProof);
  } else {
    out.u8(OPEN.indexOf(finding.kind) + 1);
  }
}

function readFinding(reader: Reader): Finding {
  const tag = reader.u8();
  if (tag === 0) {
    const guessesLeft = reader.number(0, Limits.GUESSES_MAX, reader.u8(), "guesses left");
    return { kind: "wrong", guessesLeft, generation: reader.u64(), replacedWithoutProof: reader.bool() };
  }
  const kind = OPEN[tag - 1];
  if (kind === undefined) {
    throw new Rejected("NOT_CANONICAL", "finding");
  }
  return { kind };
}

function writeSecond(second: SecondMessage, out: Writer): void {
  if (second.kind === "proof") {
    out.u8(1).raw(second.evaluated).string(encodeAttemptPayload(second.payload));
    out.raw(second.registrationHash).u8(second.guessesUsed);
  } else {
    writeFinding(second.finding, out.u8(2));
  }
  writeOpen(second.success, out);
}

function readSecond(tag: number, reader: Reader): SecondMessage {
  if (tag === 1) {
    const evaluated = reader.raw(Limits.DIGEST);
    const payload = decodeAttemptPayload(reader.string(Limits.PAYLOAD_MAX, "payload"));
    const registrationHash = reader.raw(Limits.DIGEST);
    const guessesUsed = reader.number(1, Limits.GUESSES_MAX, reader.u8(), "guesses used");
    const success = readOpen(reader, "success");
    return { kind: "proof", evaluated, payload, registrationHash, guessesUsed, success };
  }
  return { kind: "pretence", finding: readFinding(reader), success: readOpen(reader, "success") };
}

const VERSION = 3;
/** The last version whose second message names no trail, so that no fleet takes it any more. */
const VERSION_OLD = 2;

/** Contexts and blind included: secret. */
export function encodeRecovery(pending: PendingRecovery): Bytes {
  const out = new Writer().u8(VERSION);
  writeOpen(pending.attempt, out);
  writeBlinded(pending.blinded, out);
  if (pending.second === undefined) {
    out.u8(0);
  } else {
    writeSecond(pending.second, out);
  }
  return out.take();
}

/**
 * Reads this version, and of earlier ones, in which an app may have stopped before its update, the attempt: whatever the
 * second message was, the attempt is sent again (INV-10), which is free while it is open.
 */
export function readRecovery(reader: Reader): PendingRecovery {
  const version = reader.number(1, VERSION, reader.u8(), "version");
  const attempt = readOpen(reader, "attempt");
  const blinded = readBlinded(reader);
  if (version <= VERSION_OLD) {
    wipe(reader.raw(reader.remaining));
    return { attempt, blinded, second: undefined };
  }
  const tag = reader.number(0, 2, reader.u8(), "second message");
  return { attempt, blinded, second: tag === 0 ? undefined : readSecond(tag, reader) };
}

/** Erases what is secret in it. */
export function closeRecovery(pending: PendingRecovery): void {
  closeOpen(pending.attempt);
  wipe(pending.blinded.blind);
  if (pending.second !== undefined) {
    closeOpen(pending.second.success);
  }
}

export function encodeEnrolment(pending: PendingEnrolment): Bytes {
  const out = new Writer().u8(1);
  writeOpen(pending.start, out);
  writeBlinded(pending.blinded, out);
  out.bool(pending.finish !== undefined);
  if (pending.finish !== undefined) {
    writeOpen(pending.finish.request, out.bool(pending.finish.replaces));
  }
  return out.take();
}

export function readEnrolment(reader: Reader): PendingEnrolment {
  reader.number(1, 1, reader.u8(), "version");
  const start = readOpen(reader, "register-start");
  const blinded = readBlinded(reader);
  if (!reader.bool()) {
    return { start, blinded, finish: undefined };
  }
  const replaces = reader.bool();
  return { start, blinded, finish: { request: readOpen(reader, "register-finish"), replaces } };
}

export function closeEnrolment(pending: PendingEnrolment): void {
  closeOpen(pending.start);
  wipe(pending.blinded.blind);
  if (pending.finish !== undefined) {
    closeOpen(pending.finish.request);
  }
}
