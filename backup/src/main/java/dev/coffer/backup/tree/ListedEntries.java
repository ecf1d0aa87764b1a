package dev.coffer.backup.tree;

import dev.coffer.backup.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts the entries that had what is not kept. Not thread-safe. */
public final class ListedEntries {
  private @Nullable EntryPath first;
  private long count;

  /** One more. */
  public void add(EntryPath path) {
    if (first == null) {
      first = path;
    }
    count++;
  }

  /** One line for all of them. */
  public Optional<Problem> notice() {
    String sentence =
        "had an access control list or capabilities, which a backup does not keep; entries like that: "
            + count;
    return Optional.ofNullable(first)
        .map(path -> new Problem(Problem.Kind.ACCESS_LIST, path.text(), sentence));
  }
}
