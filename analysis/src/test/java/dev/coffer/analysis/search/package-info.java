/**
 * Exhaustive search on the real HSM code: small worlds, a host that may do anything at every step,
 * and the promises asserted after each. Mutants of the HSM's own source prove that the search
 * notices. Depends on {@code hsm} and its test harness. Start at {@link
 * dev.coffer.analysis.search.ForkWorld}, then {@link dev.coffer.analysis.search.AccountWorld}.
 */
package dev.coffer.analysis.search;
