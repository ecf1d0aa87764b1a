import { ed25519, ristretto255, x25519 } from "@noble/curves/ed25519.js";
import type { Sent, VaultTransport } from "../../src/client/ports.js";
import { type Bytes, concat, hex, zeros } from "../../src/codec/bytes.js";
import { Limits } from "../../src/codec/limits.js";
import { Reader } from "../../src/codec/reader.js";
import { Writer } from "../../src/codec/writer.js";
import * as aead from "../../src/crypto/aead.js";
import { sign } from "../../src/crypto/ed25519.js";
import { sha256 } from "../../src/crypto/hash.js";
import { schedule } from "../../src/crypto/hpke.js";
import { decodeElement, type Element, encodeElement } from "../../src/crypto/oprf.js";
import { encapsulationInfo, replySeal } from "../../src/protocol/answer.js";
import { type Certificate, type ChainValues, statementText, writeCertificate } from "../../src/protocol/chain.js";
import { decodeFleet, type Fleet } from "../../src/protocol/fleet.js";
import { requestSealInfo } from "../../src/protocol/message.js";
import { encodeOutcome, type Outcome, outcomeLeaf, payloadHash } from "../../src/protocol/outcome.js";
import {
  decodeRequest,
  encodeRequest,
  paddedSize,
  type Request,
  requestHash,
  typeOf,
} from "../../src/protocol/request.js";
import { encodeSubject } from "../../src/protocol/subject.js";
import { MiniRecord, type Verdict } from "./mini-record.js";

const SCALARS = ristretto255.Point.Fn;

/** A polynomial over the scalars: the shares of one OPRF key. */
export type Polynomial = readonly bigint[];

export function randomScalar(): bigint {
  const wide = crypto.getRandomValues(new Uint8Array(64));
  return wide.reduceRight((sum, octet) => (sum << 8n) | BigInt(octet), 0n) % SCALARS.ORDER;
}

function share(polynomial: Polynomial, index: number): bigint {
  return polynomial.reduceRight((sum, coefficient) => SCALARS.create(sum * BigInt(index) + coefficient), 0n);
}

/** What a host may do to an answer, or an HSM to its partial result, before it leaves. */
export interface Faults {
  partial?: (index: number, honest: Element, blinded: Bytes) => Bytes;
  answer?: (octets: Bytes, type: Request["type"]) => Sent | Promise<Sent>;
  /** Whether a host drops a request before any HSM sees it. */
  drops?: (type: Request["type"]) => boolean;
  /** HSMs that reply at all. */
  replying?: (index: number) => boolean;
}

/** One sending, as a host sees it. */
export interface Seen {
  readonly type: Request["type"];
  readonly size: number;
  readonly replies: string;
  readonly request: string;
  /** What the HSMs read of it. */
  readonly plain: Bytes;
}

/** Enough of a fleet to put a client to: honest HSMs that hold everything in memory, and hosts that do as told. */
export class MiniFleet {
  readonly fleet: Fleet;
  readonly encoded: Bytes;
  readonly records = new Map<string, MiniRecord>();
  readonly seen: Seen[] = [];
  faults: Faults = {};
  /** What a node answers to a bundle; the pinned delivery if left out. */
  notes: readonly [Bytes, Bytes, Bytes] = [new Uint8Array(0), new Uint8Array(0), new Uint8Array(0)];
  readonly #statement: Bytes[] = [];
  readonly #session: Bytes[] = [];
  #values: ChainValues;

  constructor(
    readonly n = 3,
    readonly q = 2,
    readonly replaceByLogin = true,
  ) {
    const out = new Writer()
      .u8(n)
      .u8(Math.floor(n / 2) + 1)
      .u8(q)
      .u8(10)
      .u16(1)
      .u8(1)
      .string("app")
      .raw(zeros(32));
    out.bool(replaceByLogin).bool(false).u8(n);
    for (let i = 0; i < n; i++) {
      this.#statement.push(crypto.getRandomValues(new Uint8Array(32)));
      this.#session.push(crypto.getRandomValues(new Uint8Array(32)));
      out.raw(ed25519.getPublicKey(this.#statement[i] as Bytes)).raw(x25519.getPublicKey(this.#session[i] as Bytes));
      out.string("SIMULATED mini").raw(zeros(32)).string("");
    }
    this.encoded = out.bytes();
    this.fleet = decodeFleet(this.encoded);
    this.#values = {
      fleetId: this.fleet.id,
      partition: 0,
      k: 0n,
      head: zeros(32),
      root: zeros(32),
      outcomesRoot: zeros(32),
    };
  }

  get k(): bigint {
    return this.#values.k;
  }

  certificate(values = this.#values): Certificate {
    const text = statementText(values);
    const signatures = this.#statement
      .slice(0, this.q)
      .map((seed, at) => ({ index: at + 1, signature: sign(seed, text) }));
    return { values, signatures };
  }

  delivery(): Bytes {
    const out = new Writer().field(this.notes[0]).field(this.notes[1]).field(this.notes[2]).field(this.encoded);
    out.u16(this.k > 0n ? 1 : 0);
    if (this.k > 0n) {
      writeCertificate(this.certificate(), out);
    }
    return out.bytes();
  }

  #decapsulate(index: number, encapsulation: Bytes, info: Bytes) {
    const secret = this.#session[index - 1] as Bytes;
    const agreed = x25519.getSharedSecret(secret, encapsulation) as Bytes;
    return schedule(agreed, encapsulation, x25519.getPublicKey(secret) as Bytes, info);
  }

  async #open(message: Bytes): Promise<Request> {
    const reader = new Reader(message);
    reader.number(2, 2, reader.u8(), "version");
    const type = typeOf(reader.u8());
    const admitting = reader.u8();
    const encapsulation = reader.raw(32);
    const ciphertext = reader.raw(paddedSize(type) + Limits.AEAD_TAG);
    const made = this.#decapsulate(admitting, encapsulation, requestSealInfo(this.fleet.id, admitting, type));
    const padded = new Reader(await aead.open(made.key, made.nonce, new Uint8Array(0), ciphertext));
    return decodeRequest(padded.string(Limits.REQUEST_LARGE, "request"));
  }

  /** Applies a request as every HSM does, and gives the octets of the answer. */
  async post(message: Bytes, replies: string): Promise<Sent> {
    const request = await this.#open(message);
    const name = hex(encodeSubject(request.header.subject));
    this.seen.push({
      type: request.type,
      size: message.length,
      replies,
      request: hex(requestHash(request)),
      plain: encodeRequest(request),
    });
    if (this.faults.drops?.(request.type)) {
      return { kind: "unreachable" };
    }
    const record = this.records.get(name) ?? new MiniRecord(this);
    this.records.set(name, record);
    const k = this.k + 1n;
    const verdict = record.apply(request, k);
    const answer = await this.#answer(request, verdict, k);
    return (await this.faults.answer?.(answer, request.type)) ?? { kind: "answered", body: answer };
  }

  async #answer(request: Request, verdict: Verdict, k: bigint): Promise<Bytes> {
    const outcome: Outcome = {
      position: 1,
      type: request.type,
      requestHash: requestHash(request),
      code: verdict.code,
      generation: verdict.generation,
      attemptNumber: verdict.attemptNumber,
      guessesLeft: verdict.guessesLeft,
      registrationHash: verdict.registrationHash,
      payloadHash: payloadHash(verdict.payload),
    };
    const blind = crypto.getRandomValues(new Uint8Array(32));
    const leaf = outcomeLeaf(outcome, blind);
    const neighbour = sha256(leaf);
    const root = sha256(new Writer().u8(1).raw(neighbour).raw(leaf).bytes());
    const head = sha256(concat(this.#values.head, leaf));
    this.#values = { ...this.#values, k, head, outcomesRoot: root };
    const out = new Writer();
    writeCertificate(this.certificate(), out);
    out.u16(2).u16(1).raw(leaf).u8(1).raw(neighbour);
    const indices = Array.from({ length: this.n }, (_, at) => at + 1).filter((i) => this.faults.replying?.(i) ?? true);
    out.u8(indices.length);
    for (const index of indices) {
      const partial = this.#partial(request, verdict, index);
      const content = new Writer()
        .raw(encodeOutcome(outcome))
        .raw(blind)
        .bool(partial !== undefined);
      content
        .raw(partial ?? zeros(32))
        .string(verdict.payload)
        .padTo(Limits.REPLY);
      const encapsulation = request.header.encapsulations[index - 1] as Bytes;
      const made = this.#decapsulate(index, encapsulation, encapsulationInfo(this.fleet.id, index));
      const nonce = crypto.getRandomValues(new Uint8Array(32));
      const exporter = { encapsulation, secret: made.exporter };
      const seal = replySeal(index, nonce, exporter, { values: this.#values, position: 1, type: request.type, leaf });
      out
        .u8(index)
        .raw(nonce)
        .raw(await aead.seal(seal.key, seal.nonce, seal.aad, content.bytes()));
    }
    return out.bytes();
  }

  #partial(request: Request, verdict: Verdict, index: number): Bytes | undefined {
    const blinded = request.type === "register-start" || request.type === "attempt" ? request.blinded : undefined;
    if (verdict.polynomial === undefined || blinded === undefined) {
      return undefined;
    }
    const honest = decodeElement(blinded).multiply(share(verdict.polynomial, index));
    return this.faults.partial?.(index, honest, blinded) ?? encodeElement(honest);
  }

  /** A way to this fleet. `address` names it for other fleets' directories. */
  transport(address?: string, others: ReadonlyMap<string, VaultTransport> = new Map()): VaultTransport {
    const self: VaultTransport = {
      post: (message, _, replies) => this.post(message, replies),
      bundle: async () => ({ kind: "answered", body: this.delivery() }),
      toward: async (fleetId) => others.get(hex(fleetId)),
      address: () => address,
      at: (wanted) => [...others.values()].find((other) => other.address() === wanted),
      insisting: () => self,
    };
    return self;
  }
}
