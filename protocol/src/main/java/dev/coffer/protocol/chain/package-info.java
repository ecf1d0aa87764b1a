/**
 * The HSM-certified log: entries, chain values, statements and certificates (2-protocol §3). Start
 * at {@link dev.coffer.protocol.chain.Certificate}.
 */
package dev.coffer.protocol.chain;
