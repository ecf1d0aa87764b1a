package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.CopyReport;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code coffer copy}: all backups of one repository into another. */
@CommandLine.Command(
    name = "copy",
    description =
        "Copy all backups of a repository into another, verified. What is there is not sent again; run again after"
            + " an interruption: it continues.")
final class CopyCommand extends RepositoryCommand {
  @Option(
      names = "--to",
      required = true,
      paramLabel = "PLACE",
      description = "The other repository, new, empty or of this key: " + PlaceOptions.KINDS + ".")
  private String to = "";

  CopyCommand(Session session) {
    super(session);
  }

  @Override
  List<String> otherPlaces() {
    return List.of(to);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    String other = RepositoryOption.named(to);
    if (other.equals(place)) {
      throw new Failure(
          ExitCode.USAGE, "That is the same repository.", "Name another one with --to.");
    }
    if (repository.names().isEmpty()) {
      throw new BackupException(
          BackupException.Reason.NO_SNAPSHOT, "There is nothing to copy: make a backup first.");
    }
    CopyReport report;
    try (BackupSecret secret = secret();
        SecretBytes octets = secret.copy();
        BackupKey key = BackupKey.derive(octets)) {
      report =
          repository.copyTo(
              Repository.open(beside(other, place), key, session().clock(), Runnable::run));
    }
    Output speech = speech();
    speech.result(
        "Copied "
            + Sizes.count(report.copied().size(), "backup")
            + " to "
            + other
            + " ("
            + report.present()
            + " there already), "
            + Sizes.bytes(report.bytes())
            + " sent.");
    speech.result(
        new JsonWriter()
            .put("repository", other)
            .putTexts("copied", report.copied().stream().map(SnapshotId::toString).toList())
            .put("present", report.present())
            .put("bytesSent", report.bytes())
            .putAll("problems", json(report.problems())));
    if (!report.problems().isEmpty()) {
      speech.warn("Not copied:");
      name(speech, report.problems());
      return ExitCode.PARTIAL;
    }
    return ExitCode.OK;
  }
}
