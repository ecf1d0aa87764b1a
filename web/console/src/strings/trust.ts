import type { Step } from "@coffer/client";

/** Every sentence of the room *Trust*, in one language. */
export interface TrustStrings {
  readonly heading: string;
  readonly looking: string;
  readonly lead: string;
  /** Where a step failed, or nothing could be verified. */
  readonly leadFailed: string;
  readonly holds: string;
  readonly pinHolds: string;
  /** The step at which it stopped. */
  stopped(step: string, meaning: string): string;
  readonly nothing: string;
  readonly stale: string;
  turnedAway(count: number): string;
  looked(when: string): string;
  readonly again: string;
  readonly steps: {
    readonly heading: string;
    readonly passed: string;
    readonly failed: string;
    readonly unreached: string;
    readonly names: Readonly<Record<Step, string>>;
  };
  readonly bundle: {
    readonly heading: string;
    readonly namespace: string;
    readonly epoch: string;
    readonly valid: string;
    readonly hash: string;
    span(from: string, until: string): string;
  };
  readonly signed: {
    readonly heading: string;
    readonly operator: string;
    readonly notary: string;
    readonly policy: string;
    version(version: string, threshold: number, roots: number): string;
  };
  readonly change: {
    readonly heading: string;
    readonly first: string;
    readonly damaged: string;
    none(from: string): string;
    some(from: string): string;
  };
  readonly log: {
    readonly heading: string;
    readonly origin: string;
    readonly size: string;
    readonly root: string;
    readonly witnesses: string;
    readonly quorum: string;
    readonly unseen: string;
    /** Where the step failed at which it would have been known. */
    readonly uncovered: string;
  };
  readonly fleet: {
    heading(id: string): string;
    readonly states: Readonly<Record<"announced" | "active" | "retiring" | "revoked", string>>;
    readonly state: string;
    readonly answered: string;
    readonly quorum: string;
    settings(n: number, q: number, limit: number): string;
    readonly hsms: string;
    hsm(index: number, site: string | undefined): string;
    simulated(count: number, all: number): string;
    readonly models: string;
    readonly evidence: string;
    readonly evidenceUnread: string;
    readonly pinned: string;
  };
  readonly other: {
    readonly heading: string;
    readonly save: string;
    readonly lead: string;
    readonly summary: string;
    readonly copy: string;
    readonly copied: string;
    readonly expects: Readonly<
      Record<"verify" | "hash" | "openssl" | "spicy" | "audit-log" | "audit-fleet" | "manifest", string>
    >;
  };
}
