package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Repository;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotId;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Speech;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
  @Parameters(paramLabel = "DIR", description = "The directory to restore into; made if need be.")
  private Path directory = Path.of(".");

  @Option(
      names = "--snapshot",
      paramLabel = "ID",
      description = "Which one, or how it begins (see coffer snapshots); otherwise the newest.")
  private String wanted = "";

  RestoreCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, BackupException {
    Speech speech = speech();
    List<Snapshot> snapshots = repository.snapshots().snapshots();
    Optional<SnapshotId> id = wanted.isEmpty() ? Optional.empty() : Optional.of(find(snapshots));
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
                ? " (" + Sizes.count(report.filesPresent(), "file") + " were there already)"
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

  private SnapshotId find(List<Snapshot> snapshots) throws Failure {
    List<SnapshotId> found =
        snapshots.stream()
            .map(Snapshot::id)
            .filter(id -> id.toString().startsWith(wanted))
            .toList();
    if (found.size() != 1) {
      throw new Failure(
          ExitCode.NOT_REGISTERED,
          found.isEmpty() ? "No backup has that name." : "Several backups begin like that.",
          "Copy the whole name from coffer snapshots.");
    }
    return found.getFirst();
  }
}
