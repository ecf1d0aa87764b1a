import { type Bytes, equal, wipe, zeros } from "../codec/bytes.js";
import { type Label, tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import { decode, Reader } from "../codec/reader.js";
import { Rejected } from "../codec/rejected.js";
import * as aead from "../crypto/aead.js";
import { hkdf } from "../crypto/hash.js";
import { type Exporter, exportSecret } from "../crypto/hpke.js";
import { type Certificate, type ChainValues, readCertificate } from "./chain.js";
import { decodeFleet, type Fleet } from "./fleet.js";
import { type Outcome, readOutcome } from "./outcome.js";
import { type RequestType, typeNumber } from "./request.js";

/** Answers, hostile until verified (PROTOCOL.md §6.1 and §8.1). */

export interface SealedReply {
  readonly index: number;
  readonly responseNonce: Bytes;
  readonly ciphertext: Bytes;
}

export interface VaultAnswer {
  readonly certificate: Certificate;
  readonly entrySize: number;
  readonly position: number;
  readonly leaf: Bytes;
  readonly path: readonly Bytes[];
  readonly replies: readonly SealedReply[];
}

function readReply(reader: Reader): SealedReply {
  return {
    index: reader.number(1, Limits.HSMS_MAX, reader.u8(), "HSM index"),
    responseNonce: reader.raw(Limits.DIGEST),
    ciphertext: reader.raw(Limits.REPLY + Limits.AEAD_TAG),
  };
}

export function decodeAnswer(encoded: Bytes): VaultAnswer {
  return decode(encoded, (reader) => {
    const certificate = readCertificate(reader);
    const entrySize = reader.number(1, Limits.OPERATIONS_MAX, reader.u16(), "entry size");
    const position = reader.number(0, entrySize - 1, reader.u16(), "position");
    const leaf = reader.raw(Limits.DIGEST);
    const hashes = reader.number(0, 8, reader.u8(), "path");
    const path = Array.from({ length: hashes }, () => reader.raw(Limits.DIGEST));
    const count = reader.number(1, Limits.HSMS_MAX, reader.u8(), "replies");
    return {
      certificate,
      entrySize,
      position,
      leaf,
      path,
      replies: Array.from({ length: count }, () => readReply(reader)),
    };
  });
}

/** What one HSM seals to the client. Holds secrets of the account. */
export interface ReplyContent {
  readonly outcome: Outcome;
  readonly blind: Bytes;
  readonly partial: Bytes | undefined;
  readonly payload: Bytes;
}

export function unpadReply(padded: Bytes): ReplyContent {
  if (padded.length !== Limits.REPLY) {
    throw new Rejected("OUT_OF_RANGE", "reply size");
  }
  const reader = new Reader(padded);
  const outcome = readOutcome(reader);
  const blind = reader.raw(Limits.DIGEST);
  const present = reader.bool();
  const partial = reader.raw(Limits.DIGEST);
  const payload = reader.string(Limits.PAYLOAD_MAX, "payload");
  reader.padding();
  if (!present && !equal(partial, zeros(Limits.DIGEST))) {
    throw new Rejected("NOT_CANONICAL", "absent partial");
  }
  return { outcome, blind, partial: present ? partial : undefined, payload };
}

/** The HPKE info under which client and HSM `index` share a reply context. */
export function encapsulationInfo(fleetId: Bytes, index: number): Bytes {
  return tuple("reply-export", fleetId, index).bytes();
}

/** Which evaluation a reply belongs to; all of it is authenticated. */
export interface ReplyContext {
  readonly values: ChainValues;
  readonly position: number;
  readonly type: RequestType;
  readonly leaf: Bytes;
}

/** What seals one reply. The caller wipes the key. */
export function replySeal(
  index: number,
  responseNonce: Bytes,
  exporter: Exporter,
  context: ReplyContext,
): { readonly key: Bytes; readonly nonce: Bytes; readonly aad: Bytes } {
  const { values, position, type, leaf } = context;
  const derive = (label: Label, size: number): Bytes => {
    const salt = tuple(label, exporter.encapsulation, responseNonce, values.head, position);
    const exported = exportSecret(exporter, tuple(label).bytes(), 32);
    const derived = hkdf(exported, tuple(label), size, salt.bytes());
    wipe(exported);
    return derived;
  };
  const { fleetId, partition, k, head } = values;
  const aad = tuple("reply-seal", fleetId, index, partition, k, head, position, typeNumber(type), leaf).bytes();
  return { key: derive("reply-key", 32), nonce: derive("reply-nonce", 12), aad };
}

/** Opens a reply under the context that the client shares with the HSM it claims to come from. */
export async function openReply(reply: SealedReply, exporter: Exporter, context: ReplyContext): Promise<ReplyContent> {
  const { key, nonce, aad } = replySeal(reply.index, reply.responseNonce, exporter, context);
  const padded = await aead.open(key, nonce, aad, reply.ciphertext);
  const content = unpadReply(padded);
  wipe(key, padded);
  return content;
}

/** The body of `GET /v1/bundle`. Nothing in it is trusted. */
export interface FleetDelivery {
  readonly note: Bytes;
  readonly logProof: Bytes;
  readonly trustPolicies: Bytes;
  readonly fleet: Fleet;
  /** The octets of `fleet`. */
  readonly fleetOctets: Bytes;
  /** Not verified. */
  readonly certificates: readonly Certificate[];
}

const PART_MAX = 64 << 10;

export function decodeDelivery(encoded: Bytes): FleetDelivery {
  return decode(encoded, (reader) => {
    const note = reader.field(PART_MAX, "fleet.note");
    const logProof = reader.field(PART_MAX, "fleet.tlog-proof");
    const trustPolicies = reader.field(PART_MAX, "trust policies");
    const fleetOctets = reader.field(PART_MAX, "fleet");
    const fleet = decodeFleet(fleetOctets);
    const count = reader.number(0, Limits.PARTITIONS_MAX, reader.u16(), "certificates");
    return {
      note,
      logProof,
      trustPolicies,
      fleet,
      fleetOctets,
      certificates: Array.from({ length: count }, () => readCertificate(reader)),
    };
  });
}
