/**
 * An HSM as a process on a host. Depends on the core, {@code protocol} and {@code files}. Start at
 * {@link dev.coffer.hsm.process.HsmProgram}, then {@link dev.coffer.hsm.process.HsmHome}.
 */
package dev.coffer.hsm.process;
