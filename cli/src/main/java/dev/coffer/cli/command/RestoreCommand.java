package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.terminal.Sizes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer restore}: a snapshot back into a directory. */
@CommandLine.Command(
    name = "restore",
    description =
        "Restore a backup into a directory; files that are there are left alone. Run again after an interruption: it"
            + " continues.")
final class RestoreCommand extends RepositoryCommand {
  /** Snapshots that an ambiguous name lists. */
  private static final int NAMED_MAX = 5;

  @Parameters(paramLabel = "DIR", description = "The directory to restore into; made if need be.")
  private Path directory = Path.of(".");

  @Option(
      names = "--snapshot",
      paramLabel = "ID",
      description = "Which one, or how it begins (see coffer snapshots); otherwise the newest.")
  private @Nullable String wanted;

  RestoreCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, BackupException {
    if (Repository.encloses(directory)) {
      throw new Failure(
          ExitCode.USAGE,
          directory + " is, or lies in, a backup repository; restored files do not belong there.",
          "Name another directory to restore into.");
    }
    Output speech = speech();
    List<Snapshot> snapshots = repository.snapshots().snapshots();
    Optional<SnapshotId> id =
        wanted == null ? Optional.empty() : Optional.of(find(snapshots, wanted));
    long expected =
        snapshots.stream()
            .filter(s -> id.isEmpty() || s.id().equals(id.get()))
            .mapToLong(Snapshot::bytes)
            .findFirst()
            .orElse(0);
    RestoreReport report;
    try (Progress shown = speech.progress("Restoring", expected, Progress.Unit.MEGABYTES)) {
      report = repository.restore(id, directory, at -> shown.at(at.bytes(), expected));
    }
    speech.result(
        "Restored "
            + Sizes.count(report.filesRestored(), "file")
            + ", "
            + Sizes.bytes(report.bytesRestored())
            + (report.filesPresent() > 0
                ? " ("
                    + Sizes.count(report.filesPresent(), "file")
                    + (report.filesPresent() == 1 ? " was" : " were")
                    + " there already)"
                : "")
            + ", from "
            + report.snapshot().time()
            + ", every octet verified.");
    speech.result(
        new Json()
            .put("snapshot", report.snapshot().id().toString())
            .put("filesRestored", report.filesRestored())
            .put("filesPresent", report.filesPresent())
            .put("bytesRestored", report.bytesRestored())
            .putTexts("problems", subjects(report.problems())));
    if (report.partial()) {
      speech.warn("The rest is restored, but these are not as in the backup:");
      name(speech, report.problems());
      return ExitCode.PARTIAL;
    }
    return ExitCode.OK;
  }

  private static SnapshotId find(List<Snapshot> snapshots, String wanted) throws Failure {
    List<SnapshotId> found =
        snapshots.stream()
            .map(Snapshot::id)
            .filter(id -> id.toString().startsWith(wanted))
            .toList();
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
