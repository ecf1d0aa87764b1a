import { hex, keyText, type VerifierKey } from "@coffer/client";

/** Commands that verify the same with other programs, in the folder that the page's files were saved to. */

/** RFC 8410's SubjectPublicKeyInfo of an Ed25519 key is these octets, then the key. */
const SPKI = "302a300506032b6570032100";

/** One word for a shell, whatever is in it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function base64OfHex(digits: string): string {
  return btoa(String.fromCharCode(...(digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));
}

/**
 * OpenSSL on the signature that ends at a line of `fleet.note`. A note ends with a blank line and its signatures.
 *
 * @param fromEnd how many lines follow this signature's: 0 for the operator's, 2 for the notary's inside
 */
export function opensslCommands(who: string, key: VerifierKey, fromEnd: number): string {
  const spki = base64OfHex(SPKI + hex(key.publicKey));
  return [
    `head -n -${fromEnd + 2} fleet.note > ${who}.text`,
    `tail -n ${fromEnd + 1} fleet.note | head -n 1 | cut -d ' ' -f 3 | base64 -d | tail -c 64 > ${who}.signature`,
    `echo ${spki} | base64 -d > ${who}.key`,
    `openssl pkeyutl -verify -pubin -keyform DER -inkey ${who}.key -rawin -in ${who}.text -sigfile ${who}.signature`,
  ].join("\n");
}

/** torchwood's verifier reads a proof without its first line. */
export function spicyCommands(log: VerifierKey): string {
  return [
    "tail -n +2 fleet.tlog-proof > fleet.note.spicy",
    `spicy-torchwood -verify ${quoted(keyText(log))} fleet.note`,
  ].join("\n");
}

export const VERIFY_BUNDLE = "coffer bundle verify --dir . --policy trust-policy.note --fleet fleet.bin";
export const HASH_NOTE = "sha256sum fleet.note";
export const AUDIT_LOG = "coffer audit log --policy trust-policy.note --notary NOTARY-ADDRESS";

export function auditFleet(fleetId: string, pinned: boolean): string {
  const bundle = pinned ? "" : " --policy trust-policy.note --bundle .";
  return `coffer audit fleet --offline PACKAGE --fleet ${fleetId}${bundle}`;
}

export const HASH_MANIFEST = "sha256sum PACKAGE/manifest.json";
