/**
 * Signed notes and their keys (c2sp.org/signed-note), with Ed25519 signatures and Ed25519
 * cosignatures (c2sp.org/tlog-cosignature). Depends on {@code text} and {@code protocol}. Start at
 * {@link dev.coffer.transparency.note.Note}.
 */
package dev.coffer.transparency.note;
