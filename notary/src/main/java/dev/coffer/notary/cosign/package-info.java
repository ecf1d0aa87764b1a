/**
 * How a log gets its checkpoints cosigned: the client's side of c2sp.org/tlog-witness. Depends on
 * {@code log} and {@code http}. Start at {@link dev.coffer.notary.cosign.Cosigning}.
 */
package dev.coffer.notary.cosign;
