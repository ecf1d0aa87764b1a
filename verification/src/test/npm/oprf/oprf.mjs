// The client's half of RFC 9497 (mode 0x00, ristretto255-SHA512) by @cloudflare/voprf-ts, and the combination of partial
// results written from PROTOCOL.md alone. One command a line on standard input, one line of answer each:
//   blind <input>                                    -> <state> <blinded element>
//   finalize <state> <n> <index>:<element> …         -> <output>
// Everything in hexadecimal.
import { createInterface } from 'node:readline';
import { Evaluation, FinalizeData, Oprf, OPRFClient } from '@cloudflare/voprf-ts';
import { CryptoNoble } from '@cloudflare/voprf-ts/crypto-noble';

const suite = Oprf.Suite.RISTRETTO255_SHA512;
const client = new OPRFClient(suite, CryptoNoble);
const group = client.group;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

const hex = (octets) => Buffer.from(octets).toString('hex');
const octets = (text) => new Uint8Array(Buffer.from(text, 'hex'));

function scalar(integer) {
  let rest = ((integer % order) + order) % order;
  const encoded = new Uint8Array(32);
  for (let i = 0; i < 32; i++, rest >>= 8n) {
    encoded[i] = Number(rest & 255n);
  }
  return group.desScalar(encoded);
}

// Σ λ'_i · partial_i, λ'_i = Δ·λ_i at zero, Δ = (n−1)!
function combine(n, partials) {
  let delta = 1n;
  for (let i = 2n; i < BigInt(n); i++) {
    delta *= i;
  }
  let sum = group.identity();
  for (const [i, element] of partials) {
    let numerator = delta;
    let denominator = 1n;
    for (const [j] of partials) {
      if (j !== i) {
        numerator *= -j;
        denominator *= i - j;
      }
    }
    if (numerator % denominator !== 0n) {
      throw new Error('a scaled Lagrange coefficient is not an integer');
    }
    sum = sum.add(element.mul(scalar(numerator / denominator)));
  }
  return sum;
}

async function answer(line) {
  const [command, ...rest] = line.split(' ');
  if (command === 'blind') {
    const [state, request] = await client.blind([octets(rest[0])]);
    return hex(state.serialize()) + ' ' + hex(request.blinded[0].serialize(true));
  }
  if (command === 'finalize') {
    const state = FinalizeData.deserialize(suite, octets(rest[0]), CryptoNoble);
    const partials = rest.slice(2).map((each) => {
      const [index, element] = each.split(':');
      return [BigInt(index), group.desElt(octets(element))];
    });
    const combined = combine(Number(rest[1]), partials);
    const [output] = await client.finalize(state, new Evaluation(Oprf.Mode.OPRF, [combined]));
    return hex(output);
  }
  throw new Error('unknown command');
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(await answer(line));
}
