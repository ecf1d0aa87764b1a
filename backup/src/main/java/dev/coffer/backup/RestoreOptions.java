package dev.coffer.backup;

import java.util.function.Predicate;

/**
 * How a snapshot is restored.
 *
 * @param owners whether entries get the user and group that they had
 * @param wanted which paths below the directory (control characters escaped) are restored; of a
 *     file with several names the first one comes with any other
 */
public record RestoreOptions(Owners owners, Predicate<String> wanted) {
  /** Whether entries get the user and group that they had. */
  public enum Owners {
    /** If the program runs as the administrator, who alone can always do it. */
    IF_ADMINISTRATOR,
    /** Yes; what cannot be done is said. */
    ALWAYS,
    /** No. */
    NEVER
  }

  /** Restores everything. */
  public static final Predicate<String> ALL = path -> true;

  /** Everything; owners by the administrator. */
  public static RestoreOptions standard() {
    return new RestoreOptions(Owners.IF_ADMINISTRATOR, ALL);
  }
}
