/**
 * The core's two ports on files, frames over a Unix domain socket, and who works on which call.
 * Nothing in here decides anything. Depends on {@code hsm} and {@code protocol} alone. Start at
 * {@link dev.coffer.hsm.simulated.HsmProcess}, then {@link dev.coffer.hsm.simulated.FilePlatform}.
 */
package dev.coffer.hsm.simulated;
