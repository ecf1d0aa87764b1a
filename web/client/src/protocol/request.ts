import type { Bytes } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import { decode, type Reader } from "../codec/reader.js";
import { Rejected } from "../codec/rejected.js";
import { Writer } from "../codec/writer.js";
import { hash } from "../crypto/hash.js";
import { type LoginToken, readToken, writeToken } from "./login.js";
import { type Registration, readRegistration, registrationHash, writeRegistration } from "./registration.js";
import { encodeSubject, readSubject, type Subject } from "./subject.js";

/** The five requests, their proofs and their padding (PROTOCOL.md §4). */

export interface Header {
  readonly subject: Subject;
  readonly seenK: bigint;
  readonly encapsulations: readonly Bytes[];
}

export type Authorisation =
  | { readonly kind: "none" }
  | { readonly kind: "owner"; readonly signature: Bytes }
  | { readonly kind: "login"; readonly token: LoginToken; readonly deviceSignature: Bytes };

export interface RegisterStart {
  readonly type: "register-start";
  readonly header: Header;
  readonly id: Bytes;
  readonly blinded: Bytes;
}
export interface RegisterFinish {
  readonly type: "register-finish";
  readonly header: Header;
  readonly k: bigint;
  readonly position: number;
  readonly registration: Registration;
  readonly authorisation: Authorisation;
}
export interface Attempt {
  readonly type: "attempt";
  readonly header: Header;
  readonly id: Bytes;
  readonly blinded: Bytes;
}
export interface Success {
  readonly type: "success";
  readonly header: Header;
  readonly id: Bytes;
  readonly attemptRequest: Bytes;
  readonly attemptNumber: bigint;
  /** The account's trail before the attempt, as its certified outcome gave it. */
  readonly trailBefore: Bytes;
  readonly generation: bigint;
  readonly proof: Bytes;
}
export interface Delete {
  readonly type: "delete";
  readonly header: Header;
  readonly generation: bigint;
  readonly authorisation: Authorisation;
}

export type Request = RegisterStart | RegisterFinish | Attempt | Success | Delete;
export type RequestType = Request["type"];

const TYPES: readonly RequestType[] = ["register-start", "register-finish", "attempt", "success", "delete"];

/** The number on the wire. */
export function typeNumber(type: RequestType): number {
  return TYPES.indexOf(type) + 1;
}

export function typeOf(number: number): RequestType {
  const type = TYPES[number - 1];
  if (type === undefined) {
    throw new Rejected("UNKNOWN_TAG", "request type");
  }
  return type;
}

/** Octets of the padded plaintext: of the type alone (INV-10). */
export function paddedSize(type: RequestType): number {
  return type === "register-finish" || type === "delete" ? Limits.REQUEST_LARGE : Limits.REQUEST_SMALL;
}

/** The element that a request asks to have evaluated. */
export function blindedOf(request: Request): Bytes | undefined {
  return request.type === "register-start" || request.type === "attempt" ? request.blinded : undefined;
}

function writeHeader(header: Header, out: Writer): void {
  out.raw(encodeSubject(header.subject)).u64(header.seenK).u8(header.encapsulations.length);
  for (const encapsulation of header.encapsulations) {
    out.raw(encapsulation);
  }
}

function readHeader(reader: Reader): Header {
  const subject = readSubject(reader);
  const seenK = reader.u64();
  const count = reader.number(1, Limits.HSMS_MAX, reader.u8(), "encapsulations");
  return { subject, seenK, encapsulations: Array.from({ length: count }, () => reader.raw(Limits.DIGEST)) };
}

function writeAuthorisation(authorisation: Authorisation, out: Writer): void {
  switch (authorisation.kind) {
    case "none":
      out.u8(0);
      return;
    case "owner":
      out.u8(1).raw(authorisation.signature);
      return;
    case "login":
      writeToken(authorisation.token, out.u8(2));
      out.raw(authorisation.deviceSignature);
  }
}

function readAuthorisation(reader: Reader): Authorisation {
  switch (reader.u8()) {
    case 0:
      return { kind: "none" };
    case 1:
      return { kind: "owner", signature: reader.raw(Limits.SIGNATURE) };
    case 2:
      return { kind: "login", token: readToken(reader), deviceSignature: reader.raw(Limits.SIGNATURE) };
    default:
      throw new Rejected("UNKNOWN_TAG", "authorisation");
  }
}

/** The canonical encoding, unpadded. */
export function encodeRequest(request: Request): Bytes {
  const out = new Writer().u8(typeNumber(request.type));
  writeHeader(request.header, out);
  switch (request.type) {
    case "register-start":
    case "attempt":
      out.raw(request.id).raw(request.blinded);
      break;
    case "register-finish":
      out.u64(request.k).u16(request.position);
      writeRegistration(request.registration, out);
      writeAuthorisation(request.authorisation, out);
      break;
    case "success":
      out.raw(request.id).raw(request.attemptRequest);
      out.u64(request.attemptNumber).raw(request.trailBefore);
      out.u64(request.generation).raw(request.proof);
      break;
    case "delete":
      out.u64(request.generation);
      writeAuthorisation(request.authorisation, out);
  }
  return out.bytes();
}

function readRequest(reader: Reader): Request {
  const type = typeOf(reader.u8());
  const header = readHeader(reader);
  switch (type) {
    case "register-start":
    case "attempt":
      return { type, header, id: reader.raw(Limits.DIGEST), blinded: reader.raw(Limits.DIGEST) };
    case "register-finish":
      return {
        type,
        header,
        k: reader.u64(),
        position: reader.number(0, Limits.OPERATIONS_MAX - 1, reader.u16(), "position"),
        registration: readRegistration(reader),
        authorisation: readAuthorisation(reader),
      };
    case "success":
      return {
        type,
        header,
        id: reader.raw(Limits.DIGEST),
        attemptRequest: reader.raw(Limits.DIGEST),
        attemptNumber: reader.u64(),
        trailBefore: reader.raw(Limits.DIGEST),
        generation: reader.u64(),
        proof: reader.raw(Limits.SIGNATURE),
      };
    case "delete":
      return { type, header, generation: reader.u64(), authorisation: readAuthorisation(reader) };
  }
}

export function decodeRequest(encoded: Bytes): Request {
  return decode(encoded, readRequest);
}

/** H(request), which decides whether something is a retry (INV-8). */
export function requestHash(request: Request): Bytes {
  return hash(tuple("request-hash", encodeRequest(request)));
}

/** u16 length ‖ encoding ‖ zeros, to the size of its type. */
export function padRequest(request: Request): Bytes {
  return new Writer().string(encodeRequest(request)).padTo(paddedSize(request.type)).take();
}

/** H(request without its authorisation): what an authorisation is given for. */
function bareHash(request: Request): Bytes {
  const authorised = request.type === "register-finish" || request.type === "delete";
  return requestHash(authorised ? { ...request, authorisation: { kind: "none" } } : request);
}

/** By the old ownerKey: this request may replace the registration of that generation. */
export function ownerReplaceText(oldGeneration: bigint, request: RegisterFinish): Bytes {
  return tuple(
    "owner-replace",
    encodeSubject(request.header.subject),
    oldGeneration,
    request.registration.id,
    request.k,
    request.position,
    registrationHash(request.registration),
    bareHash(request),
  ).bytes();
}

/** By the ownerKey: this request may delete its generation. */
export function ownerDeleteText(request: Delete): Bytes {
  return tuple("owner-delete", encodeSubject(request.header.subject), request.generation, bareHash(request)).bytes();
}

/**
 * By authKey: the code of this attempt was right, where it was counted under that number after exactly the attempts that
 * the trail stands for.
 */
export function recoveryProofText(
  attempt: Attempt,
  generation: bigint,
  attemptNumber: bigint,
  trailBefore: Bytes,
): Bytes {
  return tuple(
    "recovery-proof",
    encodeSubject(attempt.header.subject),
    generation,
    attempt.id,
    attemptNumber,
    requestHash(attempt),
    trailBefore,
  ).bytes();
}

/** By the login's device key: this login authorises exactly this request. */
export function loginAuthorisationText(request: Request, hashOfToken: Bytes): Bytes {
  return tuple("login-authorisation", request.header.subject.fleetId, bareHash(request), hashOfToken).bytes();
}
