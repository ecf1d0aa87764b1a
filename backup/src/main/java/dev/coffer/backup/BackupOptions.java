package dev.coffer.backup;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Pattern;

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
 * @param tags words that its snapshot gets: letters, digits and {@code . _ -}, at most 64 each
 * @param accessLists what finds access control lists: they are not kept, and that is said
 */
public record BackupOptions(
    int shrinkMax,
    Exclusions exclusions,
    int checkParts,
    long checkBytesMax,
    boolean counted,
    List<String> tags,
    AccessLists accessLists) {
  /** Access control lists, which Java does not reach: a port. */
  @FunctionalInterface
  public interface AccessLists {
    /**
     * Those of the nine bits of the mode that leave nobody more than the list did; empty without a
     * list. Asked by one thread.
     *
     * @param path absolute, as the file system has it
     * @param directory whether it is one; otherwise a regular file
     */
    OptionalInt modeMax(byte[] path, boolean directory);
  }

  /** What shrinks by more than this share is rather unmounted than tidied up. */
  public static final int SHRINK_MAX = 50;

  /** Daily backups read everything within a month. */
  public static final int CHECK_PARTS = 30;

  private static final long CHECK_BYTES_MAX = 256 << 20;

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private static final int TAGS_MAX = 16;

  /** Refuses numbers that make no sense, and tags that are none. */
  public BackupOptions {
    tags = tags.stream().distinct().sorted().toList();
    if (tags.size() > TAGS_MAX || !tags.stream().allMatch(BackupOptions::isTag)) {
      throw new IllegalArgumentException("a snapshot has at most 16 tags, which are plain words");
    }
    if (shrinkMax < 0 || shrinkMax > 100 || checkParts < 0 || checkBytesMax < 0) {
      throw new IllegalArgumentException("a share is from 0 to 100 %, and no number is negative");
    }
  }

  /** Asks from half on, leaves nothing out, reads a thirtieth and at most 256 MiB. */
  public static BackupOptions standard() {
    return new BackupOptions(
        SHRINK_MAX,
        Exclusions.NONE,
        CHECK_PARTS,
        CHECK_BYTES_MAX,
        false,
        List.of(),
        (path, directory) -> OptionalInt.empty());
  }

  /** The same with that share. */
  public BackupOptions withShrinkMax(int percent) {
    return new BackupOptions(
        percent, exclusions, checkParts, checkBytesMax, counted, tags, accessLists);
  }

  /** The same, leaving that out and nothing else. */
  public BackupOptions withExclusions(Exclusions other) {
    return new BackupOptions(
        shrinkMax, other, checkParts, checkBytesMax, counted, tags, accessLists);
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
    return new BackupOptions(
        shrinkMax, exclusions, parts, checkBytesMax, counted, tags, accessLists);
  }

  /** The same, counting first how much there is, for whoever watches. */
  public BackupOptions withCount(boolean wanted) {
    return new BackupOptions(
        shrinkMax, exclusions, checkParts, checkBytesMax, wanted, tags, accessLists);
  }

  /** The same with these words. */
  public BackupOptions withTags(List<String> words) {
    return new BackupOptions(
        shrinkMax, exclusions, checkParts, checkBytesMax, counted, words, accessLists);
  }

  /** The same with this knowledge of lists. */
  public BackupOptions withAccessLists(AccessLists known) {
    return new BackupOptions(
        shrinkMax, exclusions, checkParts, checkBytesMax, counted, tags, known);
  }

  /** Whether a snapshot can have that word. */
  public static boolean isTag(String word) {
    return TAG.matcher(word).matches();
  }
}
