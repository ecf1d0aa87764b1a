package dev.coffer.backup;

import java.time.Instant;
import java.util.Optional;

/**
 * One thing in a snapshot.
 *
 * @param type what it is
 * @param path below the directory, control characters escaped; {@code .} for the directory itself
 * @param mode permission bits; 0 for links and what is missing
 * @param modified empty for links and what is missing
 * @param size of a file in octets, otherwise 0
 * @param content the SHA-256 of a file in hexadecimal, the target of a link (control characters
 *     escaped), why a thing is missing; otherwise empty
 */
public record SnapshotEntry(
    Type type, String path, int mode, Optional<Instant> modified, long size, String content) {
  /** What there is in a snapshot. */
  public enum Type {
    DIRECTORY,
    FILE,
    LINK,
    /** Not in the snapshot, or not as it was. */
    MISSING
  }

  /** Whether {@code other} is the same thing, wherever it is. */
  public boolean isLike(SnapshotEntry other) {
    return type == other.type
        && mode == other.mode
        && size == other.size
        && content.equals(other.content);
  }
}
