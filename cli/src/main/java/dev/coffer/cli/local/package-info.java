/**
 * A fleet on this machine, for trying out, developing and testing: SIMULATED, whatever its size.
 * Start at {@link dev.coffer.cli.local.LocalFleet}.
 */
@NullMarked
package dev.coffer.cli.local;

import org.jspecify.annotations.NullMarked;
