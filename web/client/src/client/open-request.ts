import { type Bytes, equal, invariant, wipe } from "../codec/bytes.js";
import { Limits } from "../codec/limits.js";
import type { Reader } from "../codec/reader.js";
import { Rejected } from "../codec/rejected.js";
import type { Writer } from "../codec/writer.js";
import { type Exporter, encapsulate, type Randomness } from "../crypto/hpke.js";
import { blind, checkBlind, type Element, finalize, randomBlind } from "../crypto/oprf.js";
import { encapsulationInfo } from "../protocol/answer.js";
import { type Fleet, hsm } from "../protocol/fleet.js";
import { decodeRequest, encodeRequest, type Header, type Request, type RequestType } from "../protocol/request.js";
import type { Subject } from "../protocol/subject.js";
import { oprfInput } from "../secret/key-schedule.js";
import type { RecoveryCode } from "../secret/secrets.js";

/**
 * A request with the contexts that open its replies, one an HSM. Kept and repeated octet for octet until a certified
 * outcome verifies (INV-8).
 */
export interface OpenRequest<R extends Request = Request> {
  readonly request: R;
  readonly exporters: readonly Exporter[];
}

/** Fresh encapsulations for every HSM, then the rest around them. */
export function openRequest<R extends Request>(
  randomness: Randomness,
  fleet: Fleet,
  subject: Subject,
  seenK: bigint,
  rest: (header: Header) => R,
): OpenRequest<R> {
  const exporters = fleet.hsms.map((_, at) =>
    encapsulate(randomness, hsm(fleet, at + 1).sessionKey, encapsulationInfo(fleet.id, at + 1)),
  );
  const encapsulations = exporters.map((exporter) => exporter.encapsulation);
  return { request: rest({ subject, seenK, encapsulations }), exporters };
}

export function writeOpen(open: OpenRequest, out: Writer): void {
  out.string(encodeRequest(open.request)).u8(open.exporters.length);
  for (const exporter of open.exporters) {
    out.raw(exporter.secret);
  }
}

/** Reads a kept request, which must be of this type. */
export function readOpen<T extends RequestType>(
  reader: Reader,
  type: T,
): OpenRequest<Extract<Request, { readonly type: T }>> {
  const request = decodeRequest(reader.string(Limits.REQUEST_LARGE, "request"));
  const { encapsulations } = request.header;
  const count = reader.number(1, Limits.HSMS_MAX, reader.u8(), "contexts");
  if (count !== encapsulations.length || request.type !== type) {
    throw new Rejected("NOT_CANONICAL", "kept request");
  }
  const exporters = encapsulations.map((encapsulation) => ({ encapsulation, secret: reader.raw(Limits.DIGEST) }));
  return { request: request as Extract<Request, { readonly type: T }>, exporters };
}

/** Erases the contexts. */
export function closeOpen(open: OpenRequest): void {
  wipe(...open.exporters.map((exporter) => exporter.secret));
}

/** A blinded code with its blind. Whoever holds both can test codes against it without the vault. */
export interface Blinded {
  readonly blind: Bytes;
  /** What leaves the device (INV-1). */
  readonly element: Bytes;
}

function blindCode(subject: Subject, code: RecoveryCode, by: Bytes): Bytes {
  const input = oprfInput(subject, code);
  const element = blind(input, by);
  wipe(input);
  return element;
}

export function blindAfresh(randomness: Randomness, subject: Subject, code: RecoveryCode): Blinded {
  const by = randomBlind(randomness);
  return { blind: by, element: blindCode(subject, code, by) };
}

/** Whether this blinds that code. */
export function blinds(blinded: Blinded, subject: Subject, code: RecoveryCode): boolean {
  return equal(blindCode(subject, code, blinded.blind), blinded.element);
}

/** The OPRF's output, 64 octets that the caller wipes. */
export function finish(blinded: Blinded, subject: Subject, code: RecoveryCode, evaluated: Element): Bytes {
  const input = oprfInput(subject, code);
  const output = finalize(input, blinded.blind, evaluated);
  wipe(input);
  invariant(output.length === 64, "an OPRF output has 64 octets");
  return output;
}

export function writeBlinded(blinded: Blinded, out: Writer): void {
  out.raw(blinded.blind).raw(blinded.element);
}

export function readBlinded(reader: Reader): Blinded {
  const by = reader.raw(Limits.DIGEST);
  checkBlind(by);
  return { blind: by, element: reader.raw(Limits.DIGEST) };
}
