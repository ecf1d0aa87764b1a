package dev.coffer.backup;

import java.util.List;

/**
 * What a restore did.
 *
 * @param snapshot what was restored
 * @param filesRestored regular files written, each verified by its SHA-256
 * @param filesPresent regular files that were there already with the right content, from a restore
 *     before
 * @param bytesRestored octets written
 * @param problems whatever is not as in the snapshot; empty after a complete restore
 */
public record RestoreReport(
    Snapshot snapshot,
    long filesRestored,
    long filesPresent,
    long bytesRestored,
    List<Problem> problems) {
  /** Whether anything is missing. */
  public boolean partial() {
    return !problems.isEmpty();
  }
}
