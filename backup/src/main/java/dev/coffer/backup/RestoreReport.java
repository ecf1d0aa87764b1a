package dev.coffer.backup;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
 * @param room of a rehearsal only: what the restore takes, and what there is
 */
public record RestoreReport(
    Snapshot snapshot,
    long filesRestored,
    long filesReplaced,
    long filesPresent,
    long bytesRestored,
    List<Problem> problems,
    List<Problem> omitted,
    List<Problem> notices,
    Optional<Room> room) {
  /** Entries that the snapshot never had and that are named. */
  public static final int OMITTED_MAX = 10_000;

  /** Whether anything of the snapshot is missing, or the snapshot lacks what it should have had. */
  public boolean partial() {
    return !problems.isEmpty() || snapshot.problems() > 0;
  }

  /**
   * Room on the disk.
   *
   * @param needed octets that the restore takes at least
   * @param free octets that are free; empty if that cannot be told
   */
  public record Room(long needed, OptionalLong free) {
    /** Whether there is too little. */
    public boolean tooLittle() {
      return free.isPresent() && needed > free.getAsLong();
    }
  }
}
