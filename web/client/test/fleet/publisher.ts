import { type Bytes, concat, hex, utf8, zeros } from "../../src/codec/bytes.js";
import { Writer } from "../../src/codec/writer.js";
import { publicKey, sign } from "../../src/crypto/ed25519.js";
import { sha256 } from "../../src/crypto/hash.js";
import type { Fleet } from "../../src/protocol/fleet.js";
import type { FleetState } from "../../src/transparency/bundle.js";
import { keyId, keyText, type SignatureType, type VerifierKey } from "../../src/transparency/note.js";
import { encodeBase64 } from "../../src/transparency/text.js";
import { leafHash } from "../../src/transparency/tlog.js";
import { parseTrustPolicy, type TrustPolicy, trustPolicyHash } from "../../src/transparency/trust-policy.js";

/** A key of a party in a world where one test plays all of them. */
class Signer {
  readonly #seed: Bytes;
  readonly key: VerifierKey;

  constructor(name: string, type: SignatureType = "ed25519") {
    this.#seed = sha256(utf8(name));
    this.key = { name, type, publicKey: publicKey(this.#seed) };
  }

  line(text: string, time = 0): string {
    const cosigned = new Writer().u64(BigInt(time)).bytes();
    const payload =
      this.key.type === "ed25519"
        ? sign(this.#seed, utf8(text))
        : concat(cosigned, sign(this.#seed, utf8(`cosignature/v1\ntime ${time}\n${text}`)));
    return `\u2014 ${this.key.name} ${encodeBase64(concat(keyId(this.key), payload))}\n`;
  }

  note(text: string): string {
    return `${text}\n${this.line(text)}`;
  }
}

/** Notary, operator, log and witness of one namespace, in one object. */
export class Publisher {
  readonly #root = new Signer("root.example");
  readonly #operator = new Signer("operator.example");
  readonly #notary = new Signer("notary.example");
  readonly #log = new Signer("log.example/log");
  readonly #witness = new Signer("witness.example", "cosignature");
  readonly policyText: string;
  readonly policy: TrustPolicy;
  /** How long after `now` the next bundle is valid. */
  validSeconds = 1_000_000;
  #epoch = 0;
  #prev: Bytes = zeros(32);
  #leaves: Bytes[] = [];

  constructor(readonly now: number) {
    this.policyText = [
      "coffer/trust-policy/v1\nnamespace vault.example\nversion 1\n",
      `prev ${"0".repeat(64)}\nroot-threshold 1\nroot ${keyText(this.#root.key)}\n`,
      `operator ${keyText(this.#operator.key)}\nnotary ${keyText(this.#notary.key)}\n`,
      `max-age 604800 172800\nannounce 0\nlog ${keyText(this.#log.key)}\n`,
      `witness w1 ${keyText(this.#witness.key)}\nquorum w1\n`,
    ].join("");
    this.policy = parseTrustPolicy(this.policyText);
  }

  #fleetLines({ id, settings, hsms }: Fleet, state: FleetState): string {
    const name = hex(id);
    const { n, t, q, guessLimitMax, partitions } = settings;
    const head = `fleet ${name} ${state} sha256:${"0".repeat(64)}\n`;
    if (state === "revoked") {
      return head;
    }
    const lines = hsms.map(
      (hsm, at) => `hsm ${name} ${at + 1} site ${hsm.model.replace(" ", "-")} sha256:${hex(sha256(hsm.attestation))}\n`,
    );
    const keys = hsms.flatMap((hsm, at) => [
      `key ${name} ${at + 1} session x25519 ${encodeBase64(hsm.sessionKey)}\n`,
      `key ${name} ${at + 1} statement ed25519 ${encodeBase64(hsm.statementKey)}\n`,
    ]);
    return `${head}settings ${name} ${n} ${t} ${q} ${guessLimitMax} ${partitions}\n${lines.join("")}${keys.join("")}`;
  }

  /** The next bundle as nodes deliver it: note, proof and policies. */
  publish(fleets: readonly (readonly [Fleet, FleetState])[]): readonly [Bytes, Bytes, Bytes] {
    this.#epoch++;
    const sorted = [...fleets].sort(([a], [b]) => (hex(a.id) < hex(b.id) ? -1 : 1));
    const text = [
      `coffer/fleet-bundle/v1\nnamespace vault.example\nepoch ${this.#epoch}\nprev ${hex(this.#prev)}\n`,
      `not-before ${this.now - 100}\nnot-after ${this.now + this.validSeconds}\nmin-epoch 1\npolicy 1\n`,
      `trust-policy 1 ${hex(trustPolicyHash(this.policy))}\n`,
      ...sorted.map(([fleet, state]) => this.#fleetLines(fleet, state)),
    ].join("");
    const note = utf8(this.#operator.note(this.#notary.note(text)));
    this.#prev = sha256(note);
    this.#leaves.push(leafHash(note));
    return [note, this.#proof(), new Uint8Array(0)];
  }

  /** The newest leaf under the whole tree. */
  #proof(): Bytes {
    const path: Bytes[] = [];
    const root = (leaves: readonly Bytes[], collect: boolean): Bytes => {
      if (leaves.length === 1) {
        return leaves[0] as Bytes;
      }
      const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
      const right = root(leaves.slice(split), collect);
      const left = root(leaves.slice(0, split), false);
      if (collect) {
        path.push(left);
      }
      return sha256(Uint8Array.of(1), left, right);
    };
    const size = this.#leaves.length;
    const checkpoint = `${this.#log.key.name}\n${size}\n${encodeBase64(root(this.#leaves, true))}\n`;
    const signed = `${checkpoint}\n${this.#log.line(checkpoint)}${this.#witness.line(checkpoint, this.now - 50)}`;
    const hashes = path.map((hash) => `${encodeBase64(hash)}\n`).join("");
    return utf8(`c2sp.org/tlog-proof@v1\nindex ${size - 1}\n${hashes}\n${signed}`);
  }
}
