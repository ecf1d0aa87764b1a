package dev.coffer.backup;

import java.time.Instant;

/**
 * One backup of one directory, complete in itself: no other snapshot is needed to restore it.
 *
 * @param id its name
 * @param source the directory's absolute path at that time, control characters escaped
 * @param files regular files in it
 * @param directories in it, the backed-up one included
 * @param links symbolic links in it
 * @param bytes octets of all files together
 * @param problems files that were left out or changed while they were read
 */
public record Snapshot(
    SnapshotId id,
    String source,
    long files,
    long directories,
    long links,
    long bytes,
    long problems) {
  /** When it was taken, to the second. */
  public Instant time() {
    return id.time();
  }
}
