import type { Bytes } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Writer } from "../codec/writer.js";
import { hash } from "../crypto/hash.js";
import * as hpke from "../crypto/hpke.js";
import { type Fleet, hsm } from "./fleet.js";
import { type LoginToken, tokenHash, writeToken } from "./login.js";
import { padRequest, type Request, typeNumber } from "./request.js";

/** The info under which a request is sealed to HSM `admitting` (PROTOCOL.md §4.2). */
export function requestSealInfo(fleetId: Bytes, admitting: number, type: Request["type"]): Bytes {
  return tuple("request-seal", fleetId, admitting, typeNumber(type)).bytes();
}

/** What the device key signs about a sealed message. */
export function assertionText(
  fleetId: Bytes,
  admitting: number,
  type: Request["type"],
  sealed: Bytes,
  token: LoginToken,
): Bytes {
  const sealedHash = hash(tuple("sealed-message-hash", typeNumber(type), admitting, sealed));
  return tuple("login-assertion", fleetId, admitting, sealedHash, tokenHash(token)).bytes();
}

/** The body of `POST /v1/vault`: the request sealed afresh to one HSM, with the login that vouches for it. */
export async function sealMessage(
  randomness: hpke.Randomness,
  fleet: Fleet,
  admitting: number,
  request: Request,
  token: LoginToken,
  deviceSign: (text: Bytes) => Bytes | Promise<Bytes>,
): Promise<Bytes> {
  const padded = padRequest(request);
  const info = requestSealInfo(fleet.id, admitting, request.type);
  const sealed = await hpke.seal(randomness, hsm(fleet, admitting).sessionKey, info, new Uint8Array(0), padded);
  padded.fill(0);
  const out = new Writer().u8(2).u8(typeNumber(request.type)).u8(admitting).raw(sealed);
  writeToken(token, out);
  return out.raw(await deviceSign(assertionText(fleet.id, admitting, request.type, sealed, token))).bytes();
}
