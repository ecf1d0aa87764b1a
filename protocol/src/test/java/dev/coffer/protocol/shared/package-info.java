/**
 * The vectors in {@code web/vectors}, which the Java code writes and the TypeScript client reads,
 * so that the two cannot drift apart. Start at {@link dev.coffer.protocol.shared.SharedVectors}.
 */
package dev.coffer.protocol.shared;
