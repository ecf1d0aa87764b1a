package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.RestoreOptions;
import dev.coffer.backup.RestoreOptions.Owners;
import dev.coffer.backup.RestoreReport;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.SnapshotList;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Times;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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

  @Mixin private SnapshotOption which = new SnapshotOption();

  @Option(
      names = "--owners",
      paramLabel = "WHEN",
      defaultValue = "if_administrator",
      description =
          "Whether files get the user and group they had: always, never, if_administrator (default). Access control "
              + "lists and capabilities are not in backups.")
  private Owners owners = Owners.IF_ADMINISTRATOR;

  @Option(
      names = "--include",
      paramLabel = "PATTERN",
      description =
          "Restore only what fits, with * ? [a-z] and ** (without a slash: names anywhere); may be repeated.")
  private List<String> include = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description = "Do not restore what fits; may be repeated.")
  private List<String> exclude = List.of();

  @Mixin private ProgressOption progress = new ProgressOption();

  RestoreCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    if (Repository.encloses(directory)) {
      throw new Failure(
          ExitCode.USAGE,
          directory + " is, or lies in, a backup repository; restored files do not belong there.",
          "Name another directory to restore into.");
    }
    Output speech = speech();
    SnapshotList list = repository.snapshots();
    List<Snapshot> snapshots = list.snapshots();
    Optional<SnapshotId> id = which.named(snapshots).map(Snapshot::id);
    Optional<String> source = which.source(snapshots);
    Optional<String> hidden = id.isEmpty() ? hidden(repository, place) : Optional.empty();
    hidden.ifPresent(speech::warn);
    if (!snapshots.isEmpty()) {
      Snapshot chosen = which.chosen(snapshots);
      speech.say(
          "Restoring " + named(chosen) + " (snapshot " + chosen.id() + ") into " + directory + ".");
      which.warnOfOthers(speech, snapshots, chosen);
    }
    RestoreReport report = restore(repository, id, source);
    say(speech, report, SnapshotOption.others(snapshots, report.snapshot()), hidden);
    return report.partial() || hidden.isPresent() ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private RestoreReport restore(
      Repository repository, Optional<SnapshotId> id, Optional<String> source)
      throws Failure, BackupException {
    Predicate<String> wanted = include.isEmpty() ? RestoreOptions.ALL : PathPatterns.any(include);
    if (!exclude.isEmpty()) {
      wanted = wanted.and(PathPatterns.any(exclude).negate());
    }
    try (Progress shown = progress.start(speech(), "Restoring", Progress.Unit.MEGABYTES)) {
      return repository.restore(
          id,
          directory,
          RestoreOptions.standard().withOwners(owners).withWanted(wanted).withSource(source),
          at -> shown.at(at.bytes(), at.bytesInAll()));
    }
  }

  private static String named(Snapshot snapshot) {
    return SnapshotOption.sources(snapshot) + " as of " + Times.local(snapshot.time());
  }

  private static void say(
      Output speech, RestoreReport report, List<Snapshot> others, Optional<String> hidden) {
    Snapshot snapshot = report.snapshot();
    long omitted = Math.max(snapshot.omitted(), snapshot.problems());
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
            + ", of "
            + named(snapshot)
            + ", every octet verified."
            + (omitted > 0
                ? " The backup itself lacks "
                    + Sizes.count(omitted, "thing")
                    + ", or has them not as they were."
                : ""));
    speech.result(
        new JsonWriter()
            .put("snapshot", snapshot.id().toString())
            .put("source", snapshot.source())
            .putTexts("sources", snapshot.sources())
            .put("time", snapshot.time().toString())
            .putAll("otherSources", SnapshotOption.json(others))
            .put("filesRestored", report.filesRestored())
            .put("filesPresent", report.filesPresent())
            .put("bytesRestored", report.bytesRestored())
            .putAll("problems", json(report.problems()))
            .put("omitted", omitted)
            .putAll("neverBackedUp", json(report.omitted()))
            .putAll("notices", json(report.notices()))
            .put("hidden", hidden.isPresent()));
    report.notices().forEach(notice -> speech.warn(Sizes.printable(notice.toString())));
    if (omitted > 0) {
      speech.warn("Not in the backup, or not as it was:");
      name(speech, report.omitted());
    }
    if (!report.problems().isEmpty()) {
      speech.warn("The rest is restored, but these are not as in the backup:");
      name(speech, report.problems());
    }
  }
}
