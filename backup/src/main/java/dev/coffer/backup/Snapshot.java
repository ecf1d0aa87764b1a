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
 * @param problems files that could not be read or changed while they were read
 * @param omitted entries that it names without having them as they were: those, and what was left
 *     out on purpose; 0 in snapshots of older versions, which did not count them
 */
public record Snapshot(
    SnapshotId id,
    String source,
    long files,
    long directories,
    long links,
    long bytes,
    long problems,
    long omitted) {
  /** When it was taken, to the second. */
  public Instant time() {
    return id.time();
  }
}
