import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { type Bytes, wipe } from "../codec/bytes.js";
import { tuple } from "../codec/label.js";
import { hkdf } from "../crypto/hash.js";
import type { BackupSecret } from "../secret/secrets.js";

/** What an object is for. Part of the MAC that names it. */
export type ObjectKind = "data" | "snapshot" | "condemned" | "key";

/**
 * Everything a repository needs of K (docs/restore-with-age.md, "Keys"): the age identity that opens objects, and the key
 * that names them. age authenticates no sender, so every object's name is a MAC of its plaintext that reading checks.
 */
export class BackupKey {
  readonly #scalar: Bytes;
  readonly #nameKey: Bytes;

  constructor(secret: BackupSecret) {
    const octets = secret.copy();
    this.#scalar = hkdf(octets, tuple("backup-identity"), 32);
    this.#nameKey = hkdf(octets, tuple("backup-name-key"), 32);
    wipe(octets);
  }

  /** The identity as age reads it. A string, which cannot be wiped: as secret as K for these backups. */
  identity(): string {
    return bech32.encodeFromBytes("AGE-SECRET-KEY-", this.#scalar).toUpperCase();
  }

  /** The MAC that names an object. */
  name(kind: ObjectKind, content: Uint8Array): Bytes {
    return hmac(sha256, this.#nameKey, tuple("backup-name", kind, content).bytes()) as Bytes;
  }

  /** Erases the keys. May be called again. */
  destroy(): void {
    wipe(this.#scalar, this.#nameKey);
  }

  toJSON(): string {
    return "BackupKey[redacted]";
  }
}
