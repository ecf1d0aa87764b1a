package dev.coffer.backup;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a backup leaves out. Each thing that is left out is a notice, and a line of the snapshot's
 * list; a directory goes with everything in it. What is named as a source is left out by none but
 * {@code paths}, which refuse it.
 *
 * @param paths absolute paths, each with the reason in a few words: keys, the program's own files
 * @param pattern which paths below a source (control characters escaped)
 * @param caches whether directories go that a {@code CACHEDIR.TAG} marks (Cache Directory Tagging
 *     Specification)
 * @param oneFileSystem whether what is mounted below a source goes
 * @param sizeMax octets of the largest file that stays
 */
public record Exclusions(
    Map<Path, String> paths,
    Predicate<String> pattern,
    boolean caches,
    boolean oneFileSystem,
    long sizeMax) {
  /** Nothing is left out. */
  public static final Exclusions NONE =
      new Exclusions(Map.of(), path -> false, false, false, Long.MAX_VALUE);

  /** Refuses a size that makes no sense. */
  public Exclusions {
    if (sizeMax < 0) {
      throw new IllegalArgumentException("no size is negative");
    }
    paths = Map.copyOf(paths);
  }
}
