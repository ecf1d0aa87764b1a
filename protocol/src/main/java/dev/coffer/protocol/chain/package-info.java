/**
 * The HSM-certified log: entries, chain values, statements and certificates (PROTOCOL.md §5.1).
 * Start at {@link dev.coffer.protocol.chain.Certificate}.
 */
package dev.coffer.protocol.chain;
