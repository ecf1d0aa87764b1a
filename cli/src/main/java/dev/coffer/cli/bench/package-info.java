/**
 * Measures complete recoveries against a fleet on this machine. Start at {@link
 * dev.coffer.cli.bench.RecoveryBench}.
 */
@NullMarked
package dev.coffer.cli.bench;

import org.jspecify.annotations.NullMarked;
