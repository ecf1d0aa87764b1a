// Shamir's secret sharing by Privy's shamir-secret-sharing, whose shares are the values and then the place. One command
// a line on standard input, one line of answer each, everything in hexadecimal:
//   combine <share> …                    -> <secret>
//   split <secret> <count> <needed>      -> <share> …
import { createInterface } from 'node:readline';
import { combine, split } from 'shamir-secret-sharing';

const hex = (octets) => Buffer.from(octets).toString('hex');
const octets = (text) => new Uint8Array(Buffer.from(text, 'hex'));

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ');
  if (command === 'combine') {
    console.log(hex(await combine(words.map(octets))));
  } else {
    const shares = await split(octets(words[0]), Number(words[1]), Number(words[2]));
    console.log(shares.map(hex).join(' '));
  }
}
