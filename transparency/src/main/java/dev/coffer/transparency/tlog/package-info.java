/**
 * Transparency logs as pure functions: Merkle trees (RFC 6962, RFC 9162), tiles, checkpoints,
 * proofs, witness requests and trust policies, each in C2SP's format. Depends on {@code note} and
 * {@code text}. Start at {@link dev.coffer.transparency.tlog.Tlog}.
 */
package dev.coffer.transparency.tlog;
