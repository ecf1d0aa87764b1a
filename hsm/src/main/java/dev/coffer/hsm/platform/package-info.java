/**
 * What the core asks of the machine it runs in: non-volatile memory, sealed storage, randomness, a
 * measurement. One port each, and the development implementation on files, which protects nothing
 * against its host and says SIMULATED. Start at {@link dev.coffer.hsm.platform.Platform}.
 */
package dev.coffer.hsm.platform;
