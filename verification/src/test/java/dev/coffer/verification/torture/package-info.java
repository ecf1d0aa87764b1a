/**
 * Real processes, real network: five nodes and their HSMs in network namespaces of their own, a
 * load that records what it asked and heard, faults drawn from one seed, and a checker that decides
 * whether one account after another lived through one sequence of operations. Needs root; says so
 * otherwise. Start reading at {@code TortureProgram}, then {@code LinearizabilityChecker}.
 */
@org.jspecify.annotations.NullMarked
package dev.coffer.verification.torture;
