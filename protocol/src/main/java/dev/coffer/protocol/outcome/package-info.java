/**
 * Verdicts: outcomes, the tree over them, and the replies that carry them sealed (2-protocol §3).
 * Start at {@link dev.coffer.protocol.outcome.Outcome}.
 */
package dev.coffer.protocol.outcome;
