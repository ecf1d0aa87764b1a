import { type Bytes, concat, equal, hex, utf8 } from "../../client/src/codec/bytes.js";
import { verify } from "../../client/src/crypto/ed25519.js";
import { sha256 } from "../../client/src/crypto/hash.js";
import { base64 } from "../../client/src/transparency/text.js";
import type { Package } from "./package.js";
import { judge, Unknowable, unless, type Verdict } from "./verdict.js";

const TYPE = "application/vnd.in-toto+json";
const MEDIA = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** The names that files of a package have; who publishes a package looks for the same. */
const KNOWN = new RegExp(
  "^(manifest\\.(sigstore\\.)?json|evidence\\.pub|claims\\.json|script\\.txt|check-with-stock-tools\\.sh|rebuild\\.sh" +
    "|attestation\\.(checkpoint|randomness|revoked\\.pem)|attestation-[1-7]\\.(eat|chain\\.pem)" +
    "|image\\.(manifest|release)|sbom\\.cdx\\.json|provenance\\.json|ceremony/(plan\\.txt|fleet\\.bin|transcript\\.txt" +
    "|site-[1-7]\\.(transcript|identity|commitments|reveals|statement|seen)|site-1\\.certificates" +
    "|announcement\\.(policy|tlog-proof)|signature-[a-z0-9][a-z0-9-]{0,31}\\.sig))$",
);
const PEM = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=]+)\n-----END PUBLIC KEY-----\n$/;
/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4), up to the key. */
const HEAD = "302a300506032b6570032100";

interface Envelope {
  readonly mediaType: string;
  readonly verificationMaterial: { readonly publicKey: { readonly hint: string } };
  readonly dsseEnvelope: {
    readonly payload: string;
    readonly payloadType: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
}

function publicKey(pem: string): Bytes {
  const der = base64(PEM.exec(pem)?.[1] ?? "", "evidence.pub");
  unless(hex(der.slice(0, 12)) === HEAD && der.length === 44, "evidence.pub holds no Ed25519 key");
  return der;
}

/** The key that signed, for people to compare. */
export function signer(of: Package): string {
  return hex(publicKey(of.text("evidence.pub")).slice(12));
}

/** Nothing here knows the right key: somebody else's package holds as well as the operator's. */
function expected(of: Package): never {
  throw new Unknowable(`compare this key with the operator's, from elsewhere than this site: ${signer(of)}`);
}

/** DSSE 1.0.2 over the very octets of manifest.json. */
function signature(of: Package): string {
  const envelope = JSON.parse(of.text("manifest.sigstore.json")) as Envelope;
  const { payload, payloadType, signatures } = envelope.dsseEnvelope;
  unless(envelope.mediaType === MEDIA && payloadType === TYPE && signatures.length === 1, "it is another envelope");
  const statement = base64(payload, "payload");
  unless(equal(statement, of.file("manifest.json")), "what is signed is not what manifest.json holds");
  const der = publicKey(of.text("evidence.pub"));
  const hint = base64(envelope.verificationMaterial.publicKey.hint, "hint");
  unless(equal(hint, sha256(der)), "the envelope names another key than evidence.pub");
  const signed = concat(utf8(`DSSEv1 ${TYPE.length} ${TYPE} ${statement.length} `), statement);
  const sig = base64(signatures[0]?.sig ?? "", "signature");
  const key = der.slice(12);
  unless(verify(key, signed, sig), "the signature does not hold");
  return `the Ed25519 signature over the statement, by key ${hex(key)}`;
}

function files(of: Package): string {
  const { subject } = of.statement();
  for (const { name, digest } of subject) {
    unless(hex(sha256(of.file(name))) === digest.sha256, `${name} has another SHA-256 than the manifest says`);
  }
  return `SHA-256 of ${subject.length} files`;
}

function complete(of: Package): string {
  const named = new Set(of.statement().subject.map(({ name }) => name));
  for (const name of of.names) {
    const itself = name === "manifest.json" || name === "manifest.sigstore.json";
    unless(itself || named.has(name), `the manifest does not name ${name}`);
    unless(KNOWN.test(name), `${name} is a name that no file of a package has`);
  }
  return `${of.names.length} files, all of them named or the manifest's own`;
}

export function checkManifest(of: Package): Verdict[] {
  return [
    judge("manifest-form", () => `it names ${of.statement().subject.length} files`),
    judge("manifest-signature", () => signature(of)),
    judge("manifest-signer", () => expected(of)),
    judge("manifest-files", () => files(of)),
    judge("manifest-complete", () => complete(of)),
  ];
}
