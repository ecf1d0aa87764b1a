/**
 * The HSM-certified log (PROTOCOL.md §12): capture, the ring in non-volatile memory, certificates,
 * release, adoption, and silence after a start. Depends on {@code account}, {@code seal} and the
 * memory port. Start at {@link dev.coffer.hsm.chain.Partition}, then {@link
 * dev.coffer.hsm.chain.Batch}.
 */
package dev.coffer.hsm.chain;
