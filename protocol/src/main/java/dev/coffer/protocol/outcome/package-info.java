/**
 * Verdicts: outcomes, the tree over them, and the replies that carry them sealed (PROTOCOL.md
 * §6.1). Start at {@link dev.coffer.protocol.outcome.Outcome}.
 */
package dev.coffer.protocol.outcome;
