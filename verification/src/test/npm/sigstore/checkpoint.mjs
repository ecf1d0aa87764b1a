// Asks Sigstore's verifier what it thinks of a log of ours: a question as JSON on standard input, the answer as one line.
// Its two functions for logs are not exported by the package's front door, hence the paths; the version is pinned.
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint.js');
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle.js');

const octets = (hex) => Buffer.from(hex, 'hex');
const question = JSON.parse(readFileSync(0, 'utf8'));
// SubjectPublicKeyInfo of an Ed25519 key (RFC 8410): a fixed beginning and the key.
const spki = Buffer.concat([octets('302a300506032b6570032100'), octets(question.publicKey)]);
const log = {
  logID: octets(question.keyId),
  baseURL: question.origin,
  publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
};
const entry = {
  canonicalizedBody: octets(question.leaf),
  inclusionProof: {
    logIndex: question.index,
    hashes: question.hashes.map(octets),
    checkpoint: { envelope: question.checkpoint },
  },
};
try {
  const checkpoint = verifyCheckpoint(entry, [log]);
  verifyMerkleInclusion(entry, checkpoint);
  console.log(`holds ${checkpoint.logSize} ${checkpoint.logHash.toString('hex')}`);
} catch (error) {
  console.log(`refused: ${error.message}`);
}
