package dev.coffer.backup.snapshot;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.Problem;
import dev.coffer.backup.Snapshot;
import java.util.List;
import java.util.Optional;

/** Notices that a directory holds much less than before: an unmounted disk looks like that. */
public final class Shrinking {
  private Shrinking() {}

  /**
   * Refuses with {@code SHRUNK} what is not to become the newest snapshot.
   *
   * @param empty the sources that hold nothing
   * @param shrinkMax in percent of files or octets
   */
  public static void check(
      SnapshotText now, Optional<StoredSnapshot> before, List<String> empty, int shrinkMax)
      throws BackupException {
    if (shrinkMax == 100) {
      return;
    }
    if (!empty.isEmpty()) {
      refuseEmpty(empty.get(0), shrinkMax);
    }
    if (before.isPresent()) {
      SnapshotText then = before.get().text();
      if (isLess(now.files(), then.files(), shrinkMax)
          || isLess(now.bytes(), then.bytes(), shrinkMax)) {
        throw new BackupException(
            Reason.SHRUNK,
            (now.parts().isEmpty() ? now.source() : "What is backed up of " + now.source())
                + " holds "
                + now.files()
                + (now.files() == 1 ? " file and " : " files and ")
                + now.bytes()
                + " octets, and held "
                + then.files()
                + " and "
                + then.bytes()
                + " in the snapshot of "
                + then.time()
                + ", so no snapshot was made: see what is missing, or allow it to shrink.");
      }
    }
  }

  /** Refuses a source that holds nothing with {@code SHRUNK}, unless it may shrink to that. */
  public static void refuseEmpty(String source, int shrinkMax) throws BackupException {
    if (shrinkMax < 100) {
      throw new BackupException(
          Reason.SHRUNK,
          source + " is empty, so no snapshot was made: mount the disk, or allow it to be empty.");
    }
  }

  private static boolean isLess(long now, long then, int shrinkMax) {
    return now < then * ((100 - shrinkMax) / 100.0);
  }

  /** The newest older snapshot of the same directory that holds more than twice as much. */
  public static Optional<Problem> fuller(Snapshot chosen, List<Snapshot> all) {
    return all.stream()
        .filter(other ->
            other.sources().equals(chosen.sources())
                && other.id().compareTo(chosen.id()) < 0
                && (other.files() > 2 * chosen.files() || other.bytes() > 2 * chosen.bytes()))
        .max((a, b) -> a.id().compareTo(b.id()))
        .map(other ->
            new Problem(
                Problem.Kind.FULLER_SNAPSHOT,
                other.id().toString(),
                "this older snapshot of the same directory holds far more ("
                    + other.files()
                    + " files, "
                    + other.bytes()
                    + " octets): restore it by its name if that is what you miss"));
  }
}
