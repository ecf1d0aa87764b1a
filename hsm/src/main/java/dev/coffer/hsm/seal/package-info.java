/**
 * The fleet's shared keys and everything done with them: names, nonces, records, operations
 * (PROTOCOL.md §11). The keys never leave this package but as ciphertext. Depends on {@code
 * protocol} alone. Start at {@link dev.coffer.hsm.seal.FleetKeys}.
 */
package dev.coffer.hsm.seal;
