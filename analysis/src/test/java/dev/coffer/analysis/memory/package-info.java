/**
 * What is left of secrets in the memory of a process after use: the HSM's, as it runs, searched as
 * a heap dump and octet by octet. Start at {@code HsmMemoryTest}.
 */
package dev.coffer.analysis.memory;
