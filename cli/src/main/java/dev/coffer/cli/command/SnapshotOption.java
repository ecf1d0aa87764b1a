package dev.coffer.cli.command;

import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotId;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which backup. */
final class SnapshotOption {
  /** Snapshots that an ambiguous name lists. */
  private static final int NAMED_MAX = 5;

  @Option(
      names = "--snapshot",
      paramLabel = "ID",
      description = "Which one, or how it begins (see coffer snapshots); otherwise the newest.")
  private @Nullable String wanted;

  /** The one that was named; empty if none was. */
  Optional<Snapshot> named(List<Snapshot> snapshots) throws Failure {
    return wanted == null ? Optional.empty() : Optional.of(find(snapshots, wanted));
  }

  /** The one that was named, or the newest. */
  Snapshot chosen(List<Snapshot> snapshots) throws Failure {
    Optional<Snapshot> named = named(snapshots);
    return named
        .or(() -> snapshots.stream().findFirst())
        .orElseThrow(() ->
            new Failure(
                ExitCode.NOT_REGISTERED,
                "There is no backup.",
                "Make one with coffer backup DIR."));
  }

  static Snapshot find(List<Snapshot> snapshots, String wanted) throws Failure {
    List<Snapshot> found =
        snapshots.stream().filter(one -> one.id().toString().startsWith(wanted)).toList();
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.NOT_REGISTERED,
          "No backup has that name.",
          "Copy the whole name from coffer snapshots.");
    }
    if (found.size() > 1) {
      String more = found.size() > NAMED_MAX ? " …" : "";
      String names =
          found.stream()
              .limit(NAMED_MAX)
              .map(Snapshot::id)
              .map(SnapshotId::toString)
              .collect(Collectors.joining(", ", "", more));
      throw new Failure(
          ExitCode.USAGE,
          "Several backups begin like that: " + names + ".",
          "Give more of the name.");
    }
    return found.getFirst();
  }
}
