package dev.coffer.backup;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How a backup is made.
 *
 * @param shrinkMax how much smaller than in the snapshot before, in percent of files or octets, the
 *     directory may be without asking; 100 for anything, an empty directory included
 * @param exclusions what is not backed up
 * @param checkParts each backup reads and verifies one of so many parts of the objects in the
 *     store, in turns; 0 for none
 * @param checkBytesMax octets of the store that it reads for that at most
 * @param counted whether is counted first how much there is, for whoever watches
 */
public record BackupOptions(
    int shrinkMax, Exclusions exclusions, int checkParts, long checkBytesMax, boolean counted) {
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
  }

  /** Asks from half on, leaves nothing out, reads a thirtieth and at most 256 MiB. */
  public static BackupOptions standard() {
    return new BackupOptions(SHRINK_MAX, Exclusions.NONE, CHECK_PARTS, CHECK_BYTES_MAX, false);
  }

  /** The same with that share. */
  public BackupOptions withShrinkMax(int percent) {
    return new BackupOptions(percent, exclusions, checkParts, checkBytesMax, counted);
  }

  /** The same, leaving that out and nothing else. */
  public BackupOptions withExclusions(Exclusions other) {
    return new BackupOptions(shrinkMax, other, checkParts, checkBytesMax, counted);
  }

  /** The same, leaving out these paths. */
  public BackupOptions withLeaveOut(Map<Path, String> paths) {
    Exclusions e = exclusions;
    return withExclusions(
        new Exclusions(paths, e.pattern(), e.caches(), e.oneFileSystem(), e.sizeMax()));
  }

  /** The same without what {@code excluded} fits. */
  public BackupOptions withExclude(Predicate<String> excluded) {
    Exclusions e = exclusions;
    return withExclusions(
        new Exclusions(e.paths(), excluded, e.caches(), e.oneFileSystem(), e.sizeMax()));
  }

  /** The same with so many parts, or none for 0. */
  public BackupOptions withParts(int parts) {
    return new BackupOptions(shrinkMax, exclusions, parts, checkBytesMax, counted);
  }

  /** The same, counting first how much there is, for whoever watches. */
  public BackupOptions withCount(boolean wanted) {
    return new BackupOptions(shrinkMax, exclusions, checkParts, checkBytesMax, wanted);
  }
}
