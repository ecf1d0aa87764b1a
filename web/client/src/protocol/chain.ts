import { type Bytes, equal } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { Limits } from "../codec/limits.js";
import type { Reader } from "../codec/reader.js";
import { Rejected } from "../codec/rejected.js";
import type { Writer } from "../codec/writer.js";
import { verify } from "../crypto/ed25519.js";
import { type Fleet, hsm } from "./fleet.js";

/** What HSMs state about one entry of one partition's chain (PROTOCOL.md §5.1). */
export interface ChainValues {
  readonly fleetId: Bytes;
  readonly partition: number;
  readonly k: bigint;
  readonly head: Bytes;
  readonly root: Bytes;
  readonly outcomesRoot: Bytes;
}

export interface Certificate {
  readonly values: ChainValues;
  /** Ascending by index, distinct. */
  readonly signatures: readonly { readonly index: number; readonly signature: Bytes }[];
}

/** The octets that an HSM signs. */
export function statementText(values: ChainValues): Bytes {
  const { fleetId, partition, k, head, root, outcomesRoot } = values;
  return tuple("statement", fleetId, partition, k, head, root, outcomesRoot).bytes();
}

function readValues(reader: Reader): ChainValues {
  return {
    fleetId: reader.raw(Limits.DIGEST),
    partition: reader.number(0, Limits.PARTITIONS_MAX - 1, reader.u16(), "partition"),
    k: reader.u64(),
    head: reader.raw(Limits.DIGEST),
    root: reader.raw(Limits.DIGEST),
    outcomesRoot: reader.raw(Limits.DIGEST),
  };
}

export function readCertificate(reader: Reader): Certificate {
  const values = readValues(reader);
  const count = reader.number(1, Limits.HSMS_MAX, reader.u8(), "signatures");
  let last = 0;
  const signatures = Array.from({ length: count }, () => {
    const index = reader.number(1, Limits.HSMS_MAX, reader.u8(), "HSM index");
    if (index <= last) {
      throw new Rejected("NOT_CANONICAL", "signatures ascend");
    }
    last = index;
    return { index, signature: reader.raw(Limits.SIGNATURE) };
  });
  return { values, signatures };
}

export function writeCertificate(certificate: Certificate, out: Writer): void {
  const { fleetId, partition, k, head, root, outcomesRoot } = certificate.values;
  out.raw(fleetId).u16(partition).u64(k).raw(head).raw(root).raw(outcomesRoot).u8(certificate.signatures.length);
  for (const { index, signature } of certificate.signatures) {
    out.u8(index).raw(signature);
  }
}

/** Rejects unless it is of this fleet and q listed HSMs signed, every signature in it included (INV-5). */
export function verifyCertificate(certificate: Certificate, fleet: Fleet): void {
  const { values, signatures } = certificate;
  const { n, q, partitions } = fleet.settings;
  const fits = equal(values.fleetId, fleet.id) && values.partition < partitions;
  if (!fits || signatures.length < q || signatures.length > n) {
    throw new Rejected("BAD_CERTIFICATE", "quorum or fleet");
  }
  const text = statementText(values);
  for (const { index, signature } of signatures) {
    if (index > n || !verify(hsm(fleet, index).statementKey, text, signature)) {
      throw new Rejected("BAD_CERTIFICATE", "signature");
    }
  }
}
