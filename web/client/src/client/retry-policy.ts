/**
 * How often a client asks, and how long it waits: the one place of these numbers, which are Java's `RetryPolicy`. When a
 * call ends does not depend on the code (INV-10). Milliseconds where the name does not say otherwise.
 */
export const RetryPolicy = {
  /** After this time a call begins nothing more. */
  callMillis: 120_000,
  /** How long one request may take to its whole answer. */
  requestMillis: 20_000,
  /** How many nodes are asked for a bundle, or for the way to another fleet. */
  nodesAsked: 5,
  /** How many times an operation is taken up anew when the record moved on meanwhile. */
  rounds: 3,
  /** Refusals of a login after which an exchange ends. */
  loginsRefused: 3,
  /** Sendings over one route that may fail before another route is looked for. */
  routeFailures: 3,
  /** How many nodes of another route are asked whether they are the fleet that is wanted. */
  routeChecks: 2,
  pauseFirstMillis: 200,
  pauseMaxMillis: 5_000,
  againSoonMillis: 1_000,
  againLaterMillis: 10_000,
} as const;
