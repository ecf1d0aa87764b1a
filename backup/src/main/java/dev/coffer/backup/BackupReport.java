package dev.coffer.backup;

import java.util.List;

/**
 * What a backup did.
 *
 * @param snapshot what it made
 * @param files regular files in the snapshot
 * @param filesUnchanged of these, not even read: size, times and inode were those of the snapshot
 *     before
 * @param bytes of all files in the snapshot
 * @param bytesRead read from the directory
 * @param bytesStored sent to the store, compressed and encrypted
 * @param objectsStored sent to the store, the snapshot itself not counted
 * @param problems files that are missing from the snapshot or mixed in it; empty after a complete
 *     backup
 * @param notices what was left out on purpose
 */
public record BackupReport(
    Snapshot snapshot,
    long files,
    long filesUnchanged,
    long bytes,
    long bytesRead,
    long bytesStored,
    long objectsStored,
    List<Problem> problems,
    List<Problem> notices) {
  /** Whether anything is missing. */
  public boolean partial() {
    return !problems.isEmpty();
  }
}
