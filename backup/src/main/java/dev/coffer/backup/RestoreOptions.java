package dev.coffer.backup;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * How a snapshot is restored.
 *
 * @param owners whether entries get the user and group that they had
 * @param wanted which paths below the directory (control characters escaped) are restored; of a
 *     file with several names the first one comes with any other
 * @param source whose newest snapshot is restored where none is named, one of {@link
 *     Snapshot#sources}, and nothing else of it; empty for all of the newest of all
 * @param overwrite what becomes of files and links that are there already
 * @param space what tells how much room there is; a restore that has too little is refused
 */
public record RestoreOptions(
    Owners owners,
    Predicate<String> wanted,
    Optional<String> source,
    Overwrite overwrite,
    FreeSpace space) {
  /** Whether entries get the user and group that they had. */
  public enum Owners {
    /** If the program runs as the administrator, who alone can always do it. */
    IF_ADMINISTRATOR,
    /** Yes; what cannot be done is said. */
    ALWAYS,
    /** No. */
    NEVER
  }

  /** What becomes of files and links that are there already; directories are never replaced. */
  public enum Overwrite {
    /** They stay; where they differ, that is a problem. */
    NEVER,
    /** Those that differ, by size or content, are replaced; files in one step. */
    CHANGED,
    /** All are replaced, without being looked at. */
    ALWAYS
  }

  /** Restores everything. */
  public static final Predicate<String> ALL = path -> true;

  /** Everything; owners by the administrator. */
  public static RestoreOptions standard() {
    return new RestoreOptions(
        Owners.IF_ADMINISTRATOR, ALL, Optional.empty(), Overwrite.NEVER, FreeSpace.SYSTEM);
  }

  /** With another rule for owners. */
  public RestoreOptions withOwners(Owners rule) {
    return new RestoreOptions(rule, wanted, source, overwrite, space);
  }

  /** Restores those paths only. */
  public RestoreOptions withWanted(Predicate<String> paths) {
    return new RestoreOptions(owners, paths, source, overwrite, space);
  }

  /** Takes the newest snapshot of that directory. */
  public RestoreOptions withSource(Optional<String> directory) {
    return new RestoreOptions(owners, wanted, directory, overwrite, space);
  }

  /** With another rule for what is there. */
  public RestoreOptions withOverwrite(Overwrite rule) {
    return new RestoreOptions(owners, wanted, source, rule, space);
  }

  /** With another word on how much room there is. */
  public RestoreOptions withSpace(FreeSpace told) {
    return new RestoreOptions(owners, wanted, source, overwrite, told);
  }
}
