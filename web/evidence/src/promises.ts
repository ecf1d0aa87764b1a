import { hex } from "../../client/src/codec/bytes.js";
import { type Fleet, isSimulated } from "../../client/src/protocol/fleet.js";
import type { Package, Promised } from "./package.js";
import { judge, unless, type Verdict } from "./verdict.js";

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

function members(promised: Promised, fleet: Fleet): string {
  unless(promised.members.length === fleet.hsms.length, "another number of HSMs");
  for (const [at, hsm] of fleet.hsms.entries()) {
    const model = promised.members[at]?.model;
    unless(model === hsm.model, `HSM ${at + 1}, promised: ${model}; founded: ${hsm.model}`);
  }
  return `the models of all ${fleet.hsms.length}`;
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
    compare("fleet-named", (promised, fleet) => same(promised.fleet, hex(fleet.id))),
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
    compare("promised-hsms", members),
    compare("simulated-told", ({ simulated }, { hsms }) =>
      same(simulated ? "SIMULATED" : "not SIMULATED", hsms.some(isSimulated) ? "SIMULATED" : "not SIMULATED"),
    ),
  ];
}
