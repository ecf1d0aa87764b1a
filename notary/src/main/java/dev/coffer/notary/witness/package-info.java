/**
 * A witness (c2sp.org/tlog-witness): cosigns checkpoints of the logs it knows, each only if the
 * tree grew out of the one it cosigned before, so that no log can show two histories. Depends on
 * {@code disk}, {@code key} and {@code http}. Start at {@link dev.coffer.notary.witness.Witness}.
 */
package dev.coffer.notary.witness;
