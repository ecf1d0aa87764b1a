package dev.coffer.backup.object;

/**
 * Where a stretch of content lies: {@code size} octets at {@code offset} of the plaintext of {@code
 * object}.
 *
 * @param object the data object
 * @param offset in its plaintext
 * @param size in octets, at least 1
 */
public record Piece(DataName object, int offset, int size) {}
