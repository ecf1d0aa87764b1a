import type { Bytes } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import type { Reader } from "../codec/reader.js";
import type { Writer } from "../codec/writer.js";
import { hash } from "../crypto/hash.js";

/** A login as it travels: the JWT and the certificate of the key that signed it (PROTOCOL.md §4.4). */
export interface LoginToken {
  readonly issuerKey: Bytes;
  readonly rootSignature: Bytes;
  readonly jwt: string;
}

export function tokenHash(token: LoginToken): Bytes {
  return hash(tuple("token-hash", token.jwt));
}

export function writeToken(token: LoginToken, out: Writer): void {
  out.raw(token.issuerKey).raw(token.rootSignature).string(token.jwt);
}

export function readToken(reader: Reader): LoginToken {
  return {
    issuerKey: reader.raw(Limits.DIGEST),
    rootSignature: reader.raw(Limits.SIGNATURE),
    jwt: reader.text(Limits.TOKEN_MAX, "login token"),
  };
}
