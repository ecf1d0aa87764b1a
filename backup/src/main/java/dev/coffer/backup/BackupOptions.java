package dev.coffer.backup;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How a backup is made.
 *
 * @param shrinkMax how much smaller than in the snapshot before, in percent of files or octets, the
 *     directory may be without asking; 100 for anything, an empty directory included
 * @param leaveOut absolute paths that are not backed up, each with the reason in a few words: keys,
 *     the program's own files
 * @param exclude which paths below the directory (control characters escaped) are not backed up,
 *     for directories with everything in them
 * @param checkParts each backup reads and verifies one of so many parts of the objects in the
 *     store, in turns; 0 for none
 * @param checkBytesMax octets of the store that it reads for that at most
 */
public record BackupOptions(
    int shrinkMax,
    Map<Path, String> leaveOut,
    Predicate<String> exclude,
    int checkParts,
    long checkBytesMax,
    boolean counted) {
  /** What shrinks by more than this share is rather unmounted than tidied up. */
  public static final int SHRINK_MAX = 50;

  /** Daily backups read everything within a month. */
  public static final int CHECK_PARTS = 30;

  private static final long CHECK_BYTES_MAX = 256 << 20;

  /** Refuses numbers that make no sense. */
  public BackupOptions {
    if (shrinkMax < 0 || shrinkMax > 100 || checkParts < 0 || checkBytesMax < 0) {
      throw new IllegalArgumentException("a share is from 0 to 100 %, and no number is negative");
    }
    leaveOut = Map.copyOf(leaveOut);
  }

  /** Asks from half on, leaves nothing out, reads a thirtieth and at most 256 MiB. */
  public static BackupOptions standard() {
    return new BackupOptions(
        SHRINK_MAX, Map.of(), path -> false, CHECK_PARTS, CHECK_BYTES_MAX, false);
  }

  /** The same with that share. */
  public BackupOptions withShrinkMax(int percent) {
    return new BackupOptions(percent, leaveOut, exclude, checkParts, checkBytesMax, counted);
  }

  /** The same, leaving these out. */
  public BackupOptions withLeaveOut(Map<Path, String> paths) {
    return new BackupOptions(shrinkMax, paths, exclude, checkParts, checkBytesMax, counted);
  }

  /** The same without what {@code excluded} fits. */
  public BackupOptions withExclude(Predicate<String> excluded) {
    return new BackupOptions(shrinkMax, leaveOut, excluded, checkParts, checkBytesMax, counted);
  }

  /** The same with so many parts, or none for 0. */
  public BackupOptions withParts(int parts) {
    return new BackupOptions(shrinkMax, leaveOut, exclude, parts, checkBytesMax, counted);
  }

  /** The same, counting first how much there is, for whoever watches. */
  public BackupOptions withCount(boolean wanted) {
    return new BackupOptions(shrinkMax, leaveOut, exclude, checkParts, checkBytesMax, wanted);
  }
}
