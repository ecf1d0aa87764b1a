package dev.coffer.backup;

import java.util.List;

/**
 * What a restore did.
 *
 * @param snapshot what was restored
 * @param filesRestored regular files written, each verified by its SHA-256
 * @param filesReplaced of these, in the place of others
 * @param filesPresent regular files that were there already with the right content, from a restore
 *     before
 * @param bytesRestored octets written
 * @param problems whatever is not as in the snapshot; empty after a complete restore
 * @param omitted what the snapshot itself never had, or not as it was: the first {@link
 *     #OMITTED_MAX}; {@link Snapshot#omitted} counts all
 * @param notices what else there is to know: another snapshot that holds more, owners that were not
 *     restored
 */
public record RestoreReport(
    Snapshot snapshot,
    long filesRestored,
    long filesReplaced,
    long filesPresent,
    long bytesRestored,
    List<Problem> problems,
    List<Problem> omitted,
    List<Problem> notices) {
  /** Entries that the snapshot never had and that are named. */
  public static final int OMITTED_MAX = 10_000;

  /** Whether anything of the snapshot is missing, or the snapshot lacks what it should have had. */
  public boolean partial() {
    return !problems.isEmpty() || snapshot.problems() > 0;
  }
}
