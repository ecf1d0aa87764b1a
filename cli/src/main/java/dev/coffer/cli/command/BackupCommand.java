package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupReport;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.terminal.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code coffer backup}: a snapshot of a directory, encrypted with this device's key. */
@CommandLine.Command(
    name = "backup",
    description = "Back up a directory, encrypted. Run again after an interruption: it continues.")
final class BackupCommand extends RepositoryCommand {
  @Parameters(paramLabel = "DIR", description = "The directory to back up; it is only read.")
  private Path directory = Path.of(".");

  BackupCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    if (!Files.isDirectory(directory)) {
      throw new Failure(
          ExitCode.HERE, directory + " is not a directory.", "Name the directory to back up.");
    }
    Output speech = speech();
    if (!repository.exists()) {
      speech.say("A new backup repository is made in " + place + ".");
    }
    BackupReport report;
    try (Progress shown = speech.progress("Backing up", 0, Progress.Unit.MEGABYTES)) {
      report = repository.backup(directory, at -> shown.at(at.bytes(), 0));
    }
    RepositoryOption.remember(device(), place);
    device().note("last-backup", report.snapshot().time().toString());
    device().note("last-snapshot", report.snapshot().id().toString());
    speech.result(
        "Backed up "
            + Sizes.count(report.files(), "file")
            + ", "
            + Sizes.bytes(report.bytes())
            + " ("
            + Sizes.count(report.filesUnchanged(), "file")
            + " unchanged), "
            + Sizes.bytes(report.bytesStored())
            + " sent, encrypted, to "
            + place
            + ".");
    report
        .notices()
        .forEach(notice -> speech.say("  left out: " + Sizes.printable(notice.toString())));
    speech.result(
        new Json()
            .put("snapshot", report.snapshot().id().toString())
            .put("files", report.files())
            .put("filesUnchanged", report.filesUnchanged())
            .put("bytes", report.bytes())
            .put("bytesStored", report.bytesStored())
            .put("repository", place)
            .putTexts("problems", subjects(report.problems())));
    if (report.partial()) {
      speech.warn("Not everything could be backed up:");
      name(speech, report.problems());
      return ExitCode.PARTIAL;
    }
    return ExitCode.OK;
  }
}
