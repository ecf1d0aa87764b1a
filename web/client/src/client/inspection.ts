import type { Bytes } from "../codec/bytes.js";
import { accepted } from "../codec/rejected.js";
import { decodeDelivery, type FleetDelivery } from "../protocol/answer.js";
import type { Fleet } from "../protocol/fleet.js";
import type { Findings, Step } from "../transparency/verifier.js";
import type { CallContext } from "./context.js";
import { distrustOf, lie, type Next, repeat, type Untrusted, untrusted } from "./reasons.js";
import { awaitPause } from "./request-sender.js";
import { RetryPolicy } from "./retry-policy.js";

/** The step that failed, and what it means. */
export interface FailedStep {
  readonly step: Step;
  readonly end: Untrusted;
}

/** What this device verified of the vault by itself. */
export interface Inspection {
  readonly kind: "inspected";
  readonly findings: Findings;
  /** None if every step passed. */
  readonly failed: FailedStep | undefined;
  /** The fleet that answered: verified only if every step passed. */
  readonly fleet: Fleet;
  /** No quorum of witnesses has looked for longer than the trust policy's soft maximum age. */
  readonly stale: boolean;
  /** How many other deliveries did not hold. */
  readonly turnedAway: number;
  /** The octets that were verified, as files for other tools. */
  readonly files: Readonly<Record<"fleet.note" | "fleet.tlog-proof" | "trust-policies" | "fleet.bin", Bytes>>;
  readonly next: Next;
  readonly whatToDoNext: string;
}

async function judged(context: CallContext, delivery: FleetDelivery): Promise<Omit<Inspection, "turnedAway">> {
  const verdict = await context.trust.inspect(delivery, "recover");
  if (verdict === undefined) {
    throw lie("out-of-time");
  }
  const { fleet } = delivery;
  const reason =
    verdict.kind === "distrusted" ? distrustOf(verdict.step, fleet, context.trust.policy.floor) : undefined;
  const end = reason === undefined ? undefined : untrusted(reason);
  return {
    kind: "inspected",
    findings: verdict.findings,
    failed: verdict.kind === "distrusted" && end !== undefined ? { step: verdict.step, end } : undefined,
    fleet,
    stale: verdict.bundle?.stale ?? false,
    files: {
      "fleet.note": delivery.note,
      "fleet.tlog-proof": delivery.logProof,
      "trust-policies": delivery.trustPolicies,
      "fleet.bin": delivery.fleetOctets,
    },
    next: end?.next ?? "done",
    whatToDoNext: end?.whatToDoNext ?? "Every step holds. Verify it again with another tool.",
  };
}

/** Judges what nodes deliver, one after another, until one holds; otherwise tells of the first that did not. */
export async function inspect(context: CallContext): Promise<Inspection> {
  let shown: Omit<Inspection, "turnedAway"> | undefined;
  let last = repeat("unreachable", RetryPolicy.againSoonMillis);
  let turnedAway = 0;
  context.onProgress({ step: "finding-the-vault" });
  for (let turn = 0; turn < RetryPolicy.nodesAsked; turn++) {
    await awaitPause(context, 0);
    const sent = await context.transport.bundle(turn, context.signal);
    if (sent.kind === "later" && !last.isLie()) {
      last = repeat("busy", sent.afterMillis);
    }
    if (sent.kind !== "answered") {
      continue;
    }
    const delivery = accepted(() => decodeDelivery(sent.body));
    if (delivery === undefined) {
      last = lie("bad-delivery");
      turnedAway++;
      continue;
    }
    const inspection = await judged(context, delivery);
    if (inspection.failed === undefined) {
      return { ...inspection, turnedAway };
    }
    shown ??= inspection;
    turnedAway++;
  }
  if (shown !== undefined) {
    return { ...shown, turnedAway: turnedAway - 1 };
  }
  throw last;
}
