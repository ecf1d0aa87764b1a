import { type Bytes, equal, hex, utf8 } from "../../client/src/codec/bytes.js";
import { decode } from "../../client/src/codec/reader.js";
import { Writer } from "../../client/src/codec/writer.js";
import { verify } from "../../client/src/crypto/ed25519.js";
import { hashSha512, sha256 } from "../../client/src/crypto/hash.js";
import { base64 } from "../../client/src/transparency/text.js";
import { unless } from "./verdict.js";

const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]{1,76}\n)+)-----END SSH SIGNATURE-----\n$/;
const NAMESPACE = "coffer-ceremony";
const MAGIC = utf8("SSHSIG");
const FIELD_MAX = 4 << 10;

/** Verifies `ssh-keygen -Y sign` with an Ed25519 key (OpenSSH, PROTOCOL.sshsig); throws what does not hold. */
export function verifySsh(key: string, message: Bytes, armoured: string, whose: string): void {
  const blob = base64((ARMOUR.exec(armoured)?.[1] ?? "").replaceAll("\n", ""), whose);
  const signed = decode(blob, (reader) => {
    const magic = reader.raw(MAGIC.length);
    const version = reader.u32();
    const [publicKey, namespace, reserved, algorithm, signature] = Array.from({ length: 5 }, () =>
      reader.field(FIELD_MAX, "signature"),
    ) as [Bytes, Bytes, Bytes, Bytes, Bytes];
    return { magic, version, publicKey, namespace, reserved, algorithm, signature };
  });
  const expected = base64(key.slice(key.indexOf(" ") + 1), "key");
  unless(equal(signed.magic, MAGIC) && signed.version === 1, `${whose} is no signature of OpenSSH`);
  unless(equal(signed.publicKey, expected), `${whose} is by another key than the plan's`);
  unless(equal(signed.namespace, utf8(NAMESPACE)), `${whose} was made for another purpose`);
  const sha512 = equal(signed.algorithm, utf8("sha512"));
  unless(sha512 || equal(signed.algorithm, utf8("sha256")), `${whose} hashes in an unknown way`);
  const text = new Writer().raw(MAGIC).field(signed.namespace).field(signed.reserved).field(signed.algorithm);
  text.field(sha512 ? hashSha512(message) : sha256(message));
  const [publicKey, signature] = [signed.publicKey, signed.signature].map(ed25519Part) as [Bytes, Bytes];
  unless(verify(publicKey, text.bytes(), signature), `${whose} does not hold over transcript.txt`);
}

/** What follows the name of the algorithm. */
function ed25519Part(blob: Bytes): Bytes {
  return decode(blob, (reader) => {
    const type = reader.field(FIELD_MAX, "type");
    unless(equal(type, utf8("ssh-ed25519")), `not Ed25519: ${hex(type)}`);
    return reader.field(FIELD_MAX, "key or signature");
  });
}
