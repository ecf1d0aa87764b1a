/**
 * A fleet on this machine, for trying out, developing and testing: SIMULATED, whatever its size.
 * Start at {@link dev.coffer.lab.local.LocalFleet}.
 */
@NullMarked
package dev.coffer.lab.local;

import org.jspecify.annotations.NullMarked;
