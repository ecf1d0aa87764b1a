import { hex } from "../../client/src/codec/bytes.js";
import { type Fleet, type HsmIdentity, isSimulated } from "../../client/src/protocol/fleet.js";
import type { Member, Package, Promised } from "./package.js";
import { judge, unless, type Verdict } from "./verdict.js";

const SIGNATURE = 64;
/** The longest promises have fewer octets. */
const HEAD_MAX = 128;

function same(promised: unknown, founded: unknown): string {
  const compared = `promised: ${promised}; founded: ${founded}`;
  unless(promised === founded, compared);
  return compared;
}

function limit(promised: Promised, fleet: Fleet): string {
  const compared = `promised: at most ${promised.guessLimit}; founded: at most ${fleet.settings.guessLimitMax}`;
  unless(fleet.settings.guessLimitMax <= promised.guessLimit, compared);
  return compared;
}

const PROMISES =
  /^coffer-hsm 1\nkeys (disk|sealed|inside)\nmemory (unnoticed|anchored|monotonic)\nvoucher (nobody|device|vendor)\n\n/;

/** What an HSM says of itself at the head of its attestation, or that it promises nothing (PROTOCOL.md §10). */
function promises({ attestation }: HsmIdentity): string {
  const evidence = attestation.slice(0, Math.max(0, attestation.length - SIGNATURE));
  const head = String.fromCharCode(...evidence.slice(0, HEAD_MAX));
  const [, keys, memory, voucher] = PROMISES.exec(head) ?? [undefined, "disk", "unnoticed", "nobody"];
  return `keys ${keys} memory ${memory} voucher ${voucher}`;
}

function members(of: Package, promised: Promised, fleet: Fleet): string {
  unless(promised.members.length === fleet.hsms.length, "another number of HSMs");
  const { sites } = of.plan();
  for (const [at, hsm] of fleet.hsms.entries()) {
    const { site, model, keys, memory, voucher } = promised.members[at] as Member;
    const said = `${site} ${model} keys ${keys} memory ${memory} voucher ${voucher}`;
    const here = promises(hsm);
    const founded = `${sites[at]} ${hsm.model} ${here}`;
    unless(said === founded, `HSM ${at + 1}, promised: ${said}; founded: ${founded}`);
    const shown = of.said(at + 1, "identity", "promises");
    unless(shown === here, `HSM ${at + 1} says ${here}; its site wrote: ${shown}`);
  }
  return `site, model and promises of all ${fleet.hsms.length}`;
}

function program(promised: Promised, fleet: Fleet): string {
  for (const hsm of fleet.hsms) {
    same(promised.measurement, hex(hsm.measurement));
  }
  return `all ${fleet.hsms.length} say ${promised.measurement}`;
}

/** What people were told, and the fleet that apps use. */
export function checkPromises(of: Package): Verdict[] {
  const compare = (claim: string, check: (promised: Promised, fleet: Fleet) => string) =>
    judge(claim, () => check(of.promised(), of.fleet()));
  const yes = (flag: boolean) => (flag ? "yes" : "no");
  return [
    compare("fleet-named", ({ ceremony, fleet: named }, fleet) =>
      same(`${ceremony} ${named}`, `${of.plan().ceremony} ${hex(fleet.id)}`),
    ),
    compare(
      "promised-quorum",
      ({ hsms, threshold, captureQuorum, partitions }, { settings: { n, t, q, ...founded } }) =>
        same(
          `${hsms} HSMs, threshold ${threshold}, capture quorum ${captureQuorum}, partitions ${partitions}`,
          `${n} HSMs, threshold ${t}, capture quorum ${q}, partitions ${founded.partitions}`,
        ),
    ),
    compare("promised-limit", limit),
    compare("promised-logins", (promised, { settings }) =>
      same(
        `replace ${yes(promised.replaceByLogin)}, delete ${yes(promised.deleteByLogin)}`,
        `replace ${yes(settings.replaceByLogin)}, delete ${yes(settings.deleteByLogin)}`,
      ),
    ),
    compare("promised-program", program),
    compare("promised-hsms", (promised, fleet) => members(of, promised, fleet)),
    compare("simulated-told", ({ simulated }, { hsms }) =>
      same(simulated ? "SIMULATED" : "not SIMULATED", hsms.some(isSimulated) ? "SIMULATED" : "not SIMULATED"),
    ),
  ];
}
