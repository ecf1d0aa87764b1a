package dev.coffer.backup;

import java.util.List;

/**
 * What a check found.
 *
 * @param snapshots that could be read
 * @param objects that they need
 * @param bytesVerified plaintext octets that were read back and compared with their names; 0 unless
 *     asked for
 * @param problems damaged snapshots, objects and, for each snapshot, the files that cannot be
 *     restored from it
 */
public record CheckReport(
    long snapshots, long objects, long bytesVerified, List<Problem> problems) {
  /** Whether anything is damaged. */
  public boolean damaged() {
    return !problems.isEmpty();
  }
}
