/**
 * Measures complete recoveries against a fleet on this machine. Start at {@link
 * dev.coffer.lab.bench.RecoveryBench}.
 */
@NullMarked
package dev.coffer.lab.bench;

import org.jspecify.annotations.NullMarked;
