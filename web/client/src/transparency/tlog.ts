import { type Bytes, equal } from "../codec/bytes.js";
import { sha256 } from "../crypto/hash.js";
import { type Note, parseNote } from "./note.js";
import { base64, checkText, decimal, decodeText, LineReader, Refused } from "./text.js";

/** Merkle trees (RFC 6962 §2.1, RFC 9162 §2.1.3.2 and §2.1.4.2), checkpoints and proofs. Pure functions. */

const PROOF_MAX = 63;
const SIZE_MAX = 64 << 10;
const ORIGIN_MAX = 255;

export function leafHash(entry: Uint8Array): Bytes {
  return sha256(Uint8Array.of(0), entry);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return sha256(Uint8Array.of(1), left, right);
}

function areHashes(...hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === 32);
}

function bad(what: string): Refused {
  return new Refused("BAD_PROOF", what);
}

/** Goes up from a last node without a sibling, which moved up unhashed, to where it has one. */
function skipLonely(fn: bigint, sn: bigint): [bigint, bigint] {
  let [a, b] = [fn, sn];
  while ((a & 1n) === 0n && a !== 0n) {
    a >>= 1n;
    b >>= 1n;
  }
  return [a, b];
}

/** Checks that the leaf stands at `index` of `size` leaves under `root`. */
export function checkInclusion(index: bigint, size: bigint, leaf: Bytes, proof: readonly Bytes[], root: Bytes): void {
  if (index < 0n || index >= size || proof.length > PROOF_MAX || !areHashes(leaf, root, ...proof)) {
    throw bad("inclusion proof");
  }
  let fn = index;
  let sn = size - 1n;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0n) {
      throw bad("inclusion proof is too long");
    }
    if ((fn & 1n) === 1n || fn === sn) {
      hash = nodeHash(sibling, hash);
      [fn, sn] = skipLonely(fn, sn);
    } else {
      hash = nodeHash(hash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  if (sn !== 0n || !equal(hash, root)) {
    throw bad("inclusion proof");
  }
}

/** Checks that the tree of `size2` leaves begins with the tree of `size1`. */
export function checkConsistency(
  size1: bigint,
  size2: bigint,
  root1: Bytes,
  root2: Bytes,
  proof: readonly Bytes[],
): void {
  if (size1 < 0n || size1 > size2 || proof.length > PROOF_MAX || !areHashes(...proof)) {
    throw bad("consistency proof");
  }
  const empty = sha256(new Uint8Array(0));
  if (size1 === size2 || size1 === 0n) {
    const sound = size1 > 0n || equal(root1, empty);
    const same = size1 < size2 || equal(root1, root2);
    if (proof.length > 0 || !sound || !same || (size1 < size2 && !areHashes(root1, root2))) {
      throw bad("consistency proof");
    }
    return;
  }
  if (!areHashes(root1, root2) || proof.length === 0) {
    throw bad("consistency proof");
  }
  checkGrowth(size1, size2, root1, root2, proof);
}

function checkGrowth(size1: bigint, size2: bigint, root1: Bytes, root2: Bytes, proof: readonly Bytes[]): void {
  let fn = size1 - 1n;
  let sn = size2 - 1n;
  while ((fn & 1n) === 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  // A complete first tree is a node of the second one, so its root is not sent.
  const complete = (size1 & (size1 - 1n)) === 0n;
  let first = complete ? root1 : (proof[0] as Bytes);
  let second = first;
  for (const hash of proof.slice(complete ? 0 : 1)) {
    if (sn === 0n) {
      throw bad("consistency proof is too long");
    }
    if ((fn & 1n) === 1n || fn === sn) {
      first = nodeHash(hash, first);
      second = nodeHash(hash, second);
      [fn, sn] = skipLonely(fn, sn);
    } else {
      second = nodeHash(second, hash);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  if (sn !== 0n || !equal(first, root1) || !equal(second, root2)) {
    throw bad("consistency proof");
  }
}

/** What a log says of itself (c2sp.org/tlog-checkpoint, without extension lines). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Bytes;
}

export function parseCheckpoint(text: string): Checkpoint {
  checkText(text, "checkpoint");
  const lines = new LineReader(text, "checkpoint");
  const origin = lines.line();
  if (origin === "" || origin.length > ORIGIN_MAX) {
    throw new Refused("MALFORMED", "checkpoint: origin");
  }
  const size = decimal(lines.line(), "checkpoint: size");
  const root = base64(lines.line(), "checkpoint: root", 32);
  lines.end();
  return { origin, size, root };
}

/** That an entry is in a log and witnesses saw it (c2sp.org/tlog-proof). Reading it verifies nothing. */
export interface TlogProof {
  readonly index: bigint;
  readonly hashes: readonly Bytes[];
  readonly checkpoint: Note;
}

export function decodeProof(encoded: Uint8Array): TlogProof {
  if (encoded.length > SIZE_MAX) {
    throw new Refused("TOO_LARGE", "proof");
  }
  const lines = new LineReader(decodeText(encoded, "proof"), "proof");
  lines.expect("c2sp.org/tlog-proof@v1");
  if (lines.peeks("extra ")) {
    base64(lines.after("extra"), "proof: extra");
  }
  const index = decimal(lines.after("index"), "proof: index");
  const hashes = lines.hashesUpToBlank(PROOF_MAX);
  return { index, hashes, checkpoint: parseNote(lines.rest()) };
}
