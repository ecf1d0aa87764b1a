import { hex, utf8 } from "../../client/src/codec/bytes.js";
import { Writer } from "../../client/src/codec/writer.js";
import { verify } from "../../client/src/crypto/ed25519.js";
import { sha256 } from "../../client/src/crypto/hash.js";
import type { HsmIdentity } from "../../client/src/protocol/fleet.js";
import { base64, encodeBase64 } from "../../client/src/transparency/text.js";
import type { Package } from "./package.js";
import { verifySsh } from "./ssh-signature.js";
import { judge, Unknowable, unless, type Verdict } from "./verdict.js";

const LINE = /^([1-9][0-9]{0,3}) ([0-9TZ:-]{20}) ([a-z]+) ([ -~]{1,300}) after ([0-9a-f]{64})$/;
const KINDS = ["identity", "certificates", "commitments", "reveals", "statement"] as const;
/** What an HSM on plain files says instead of evidence. */
const SIMULATED = "SIMULATED: no hardware vouches for this HSM\n";
const SIGNATURE = 64;

function label(name: string): Writer {
  return new Writer().field(`coffer/v1/${name}`);
}

interface Transcript {
  readonly hash: string;
  /** Without its head. */
  readonly lines: string;
}

function transcript(of: Package, site: number, plan: string): Transcript {
  const name = `ceremony/site-${site}.transcript`;
  const text = of.text(name);
  let before = `coffer/ceremony-transcript/v1\nplan ${plan}\nsite ${site}\n`;
  unless(text.startsWith(before), `${name} is another plan's or another site's`);
  const lines = text.slice(before.length);
  unless(lines.endsWith("\n"), `the last line of ${name} is cut off`);
  const said = new Map<string, string>();
  for (const [at, line] of lines.slice(0, -1).split("\n").entries()) {
    const [, number, , step, what, after] = LINE.exec(line) ?? [];
    const follows = number === String(at + 1) && after === hex(sha256(utf8(before)));
    unless(follows, `line ${at + 1} of ${name} does not follow from the lines before it`);
    said.set(step as string, what as string);
    before += `${line}\n`;
  }
  for (const kind of KINDS) {
    if (kind !== "certificates" || site === 1) {
      const message = `ceremony/site-${site}.${kind}`;
      const same = said.get(kind) === `sha256:${hex(sha256(of.file(message)))}`;
      unless(same, `${name} does not name ${message} as it is here`);
    }
  }
  return { hash: hex(sha256(utf8(text))), lines };
}

function transcripts(of: Package): Transcript[] {
  const plan = of.plan();
  return plan.sites.map((_, at) => transcript(of, at + 1, plan.hash));
}

function record(of: Package): string {
  const { ceremony, hash, sites } = of.plan();
  const parts = transcripts(of).map((one, at) => `\nsite ${at + 1} ${sites[at]} sha256:${one.hash}\n${one.lines}`);
  const head = `coffer/ceremony-record/v1\nceremony ${ceremony}\nplan ${hash}\nfleet ${hex(of.fleet().id)}\n`;
  unless(of.text("ceremony/transcript.txt") === head + parts.join(""), "it is not what the sites' transcripts say");
  return `transcript.txt and the transcripts of ${sites.length} sites`;
}

/** What was not as planned, as the sites wrote it down; the manifest is to tell it, and nothing else. */
function exceptions(of: Package): string {
  const { sites } = of.plan();
  const written = transcripts(of).flatMap(({ lines }, at) =>
    lines
      .trimEnd()
      .split("\n")
      .map((line) => LINE.exec(line) ?? [])
      .filter(([, , , step]) => step === "exception")
      .map(([, , time, , what]) => `site ${at + 1} (${sites[at]}), ${time}: ${what}`),
  );
  const told = of.promised().exceptions;
  const compared = `the sites wrote ${written.length}, the manifest tells ${told.length}`;
  unless(JSON.stringify(written) === JSON.stringify(told), compared);
  return compared;
}

function signatures(of: Package): string {
  const { participants, needed } = of.plan();
  const text = of.file("ceremony/transcript.txt");
  let good = 0;
  let others = 0;
  for (const { name, key } of participants) {
    const file = `ceremony/signature-${name}.sig`;
    if (!of.has(file)) {
      continue;
    }
    if (key.startsWith("ssh-ed25519 ")) {
      verifySsh(key, text, of.text(file), file);
      good++;
    } else {
      others++;
    }
  }
  if (good < needed && others > 0) {
    throw new Unknowable(`${good} hold; ${others} are by keys that only ssh-keygen verifies`);
  }
  unless(good >= needed, `${good} of ${participants.length} participants signed, and ${needed} have to`);
  return `${good} signatures over transcript.txt, ${needed} needed`;
}

function encoded(hsm: HsmIdentity): string {
  const out = new Writer().raw(hsm.statementKey).raw(hsm.sessionKey).string(hsm.model);
  return encodeBase64(out.raw(hsm.measurement).string(hsm.attestation).bytes());
}

function fleet(of: Package): string {
  const { hsms, settings } = of.fleet();
  const planned = Object.entries(of.plan().settings);
  for (const [name, value] of planned) {
    const same = settings[name as keyof typeof settings] === value;
    unless(same, `fleet.bin has another ${name} than the plan, which says ${value}`);
  }
  for (const [at, hsm] of hsms.entries()) {
    const same = of.said(at + 1, "identity", "identity") === encoded(hsm);
    unless(same, `fleet.bin has another HSM ${at + 1} than site ${at + 1} showed`);
  }
  return `fleet.bin, the settings of the plan and the identities of ${hsms.length} HSMs`;
}

/** Every HSM signs what it is with the key that it shows. */
function attestations(of: Package): string {
  const { hsms } = of.fleet();
  for (const [at, hsm] of hsms.entries()) {
    const size = hsm.attestation.length - SIGNATURE;
    unless(size >= 0, `HSM ${at + 1} shows no attestation`);
    const evidence = hsm.attestation.slice(0, size);
    const about = label("attestation").field(hsm.statementKey).field(hsm.sessionKey);
    about.field(hsm.model).field(hsm.measurement);
    const plain = hex(evidence) === hex(utf8(SIMULATED));
    const text = plain ? about : about.field(evidence);
    const holds = verify(hsm.statementKey, text.bytes(), hsm.attestation.slice(size));
    unless(holds, `the attestation of site ${at + 1} is not signed by its HSM`);
  }
  return `${hsms.length} HSMs signed model, firmware and keys; what a device signed is not looked at here`;
}

function founding(of: Package): string {
  const { id, hsms } = of.fleet();
  const seen = label("founding-transcript").field(id);
  for (const at of hsms.keys()) {
    seen.field(base64(of.said(at + 1, "commitments", "commitments"), "commitments"));
  }
  const hash = sha256(seen.bytes());
  for (const [at, hsm] of hsms.entries()) {
    const text = label("founding-transcript-signature")
      .field(id)
      .field(at + 1)
      .field(hash)
      .bytes();
    const signature = base64(of.said(at + 1, "statement", "signature"), "signature");
    const same = of.said(at + 1, "statement", "founding") === hex(hash);
    unless(same && verify(hsm.statementKey, text, signature), `HSM ${at + 1} signed another founding, or did not sign`);
  }
  return `${hsms.length} HSMs signed sha256:${hex(hash)}`;
}

export function checkCeremony(of: Package): Verdict[] {
  return [
    judge("ceremony-transcripts", () => `the chains of ${transcripts(of).length} sites, and the messages they name`),
    judge("ceremony-attestations", () => attestations(of)),
    judge("ceremony-fleet", () => fleet(of)),
    judge("ceremony-founding", () => founding(of)),
    judge("ceremony-record", () => record(of)),
    judge("ceremony-signatures", () => signatures(of)),
    judge("exceptions-told", () => exceptions(of)),
  ];
}
