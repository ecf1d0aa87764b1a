package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.FreeSpace;
import dev.coffer.backup.RestoreOptions;
import dev.coffer.backup.RestoreOptions.Overwrite;
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
        "Restore a backup into a directory; files that are there stay, unless --overwrite says otherwise. Run again"
            + " after an interruption: it continues.")
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

  @Option(
      names = "--overwrite",
      paramLabel = "WHEN",
      defaultValue = "never",
      description =
          "What becomes of files that are there: never (they stay; the default), changed (those that differ are"
              + " replaced), always.")
  private Overwrite overwrite = Overwrite.NEVER;

  @Option(
      names = {"-n", "--dry-run"},
      description =
          "Only say what would be restored; contents are not read, so damage is not found.")
  private boolean dryRun;

  @Option(
      names = "--ignore-space",
      description =
          "Restore even if the disk seems to have too little room; what fits is restored, and the rest when there is"
              + " more.")
  private boolean ignoreSpace;

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
    Optional<String> hidden =
        which.isByTime() ? hidden(repository, place, which.until()) : Optional.empty();
    hidden.ifPresent(speech::warn);
    if (!snapshots.isEmpty()) {
      Snapshot chosen = which.chosen(snapshots);
      speech.say(
          (dryRun ? "Looking what to restore of " : "Restoring ")
              + named(chosen)
              + " (snapshot "
              + chosen.id()
              + ") into "
              + directory
              + ".");
      which.warnOfOthers(speech, snapshots, chosen);
    }
    RestoreReport report = restore(repository, id, source);
    say(speech, report, SnapshotOption.others(snapshots, report.snapshot()), hidden);
    if (report.room().filter(RestoreReport.Room::tooLittle).isPresent()) {
      return ExitCode.HERE;
    }
    return report.partial() || hidden.isPresent() ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private RestoreReport restore(
      Repository repository, Optional<SnapshotId> id, Optional<String> source)
      throws Failure, BackupException {
    Predicate<String> wanted = include.isEmpty() ? RestoreOptions.ALL : PathPatterns.any(include);
    if (!exclude.isEmpty()) {
      wanted = wanted.and(PathPatterns.any(exclude).negate());
    }
    RestoreOptions options =
        RestoreOptions.standard()
            .withOwners(owners)
            .withWanted(wanted)
            .withSource(source)
            .withOverwrite(overwrite)
            .withSpace(ignoreSpace ? FreeSpace.UNKNOWN : FreeSpace.SYSTEM);
    if (dryRun) {
      return repository.rehearse(id, directory, options);
    }
    try (Progress shown = progress.start(speech(), "Restoring", Progress.Unit.MEGABYTES)) {
      return repository.restore(
          id, directory, options, at -> shown.at(at.bytes(), at.bytesInAll()));
    }
  }

  private static JsonWriter json(RestoreReport.Room room) {
    JsonWriter json = new JsonWriter().put("bytesNeeded", room.needed());
    room.free().ifPresent(free -> json.put("bytesFree", free));
    return json.put("tooLittle", room.tooLittle());
  }

  private void say(Output speech, RestoreReport.Room room) {
    String line =
        "It takes at least "
            + Sizes.bytes(room.needed())
            + " in "
            + directory
            + (room.free().isPresent()
                ? ", where " + Sizes.bytes(room.free().getAsLong()) + " are free."
                : ".");
    if (room.tooLittle()) {
      speech.warn(line + " That is too little.");
    } else {
      speech.result(line);
    }
  }

  private static String named(Snapshot snapshot) {
    return SnapshotOption.sources(snapshot) + " as of " + Times.local(snapshot.time());
  }

  private void say(
      Output speech, RestoreReport report, List<Snapshot> others, Optional<String> hidden) {
    Snapshot snapshot = report.snapshot();
    long omitted = Math.max(snapshot.omitted(), snapshot.problems());
    speech.result(
        (dryRun ? "Would restore " : "Restored ")
            + Sizes.count(report.filesRestored(), "file")
            + ", "
            + Sizes.bytes(report.bytesRestored())
            + (report.filesPresent() > 0
                ? " ("
                    + Sizes.count(report.filesPresent(), "file")
                    + (report.filesPresent() == 1 ? " was" : " were")
                    + " there already)"
                : "")
            + (report.filesReplaced() > 0
                ? " (" + Sizes.count(report.filesReplaced(), "file") + " replaced)"
                : "")
            + ", of "
            + named(snapshot)
            + (dryRun ? "." : ", every octet verified.")
            + (omitted > 0
                ? " The backup itself lacks "
                    + Sizes.count(omitted, "thing")
                    + ", or has them not as they were."
                : ""));
    JsonWriter line =
        new JsonWriter()
            .put("snapshot", snapshot.id().toString())
            .put("source", snapshot.source())
            .putTexts("sources", snapshot.sources())
            .put("time", snapshot.time().toString())
            .putAll("otherSources", SnapshotOption.json(others))
            .put("dryRun", dryRun)
            .put("filesRestored", report.filesRestored())
            .put("filesReplaced", report.filesReplaced())
            .put("filesPresent", report.filesPresent())
            .put("bytesRestored", report.bytesRestored())
            .putAll("problems", json(report.problems()))
            .put("omitted", omitted)
            .putAll("neverBackedUp", json(report.omitted()))
            .putAll("notices", json(report.notices()))
            .put("hidden", hidden.isPresent());
    report.room().ifPresent(room -> line.put("room", json(room)));
    speech.result(line);
    report.room().ifPresent(room -> say(speech, room));
    report.notices().forEach(notice -> speech.warn(Sizes.printable(notice.toString())));
    if (omitted > 0) {
      speech.warn("Not in the backup, or not as it was:");
      name(speech, report.omitted());
    }
    if (!report.problems().isEmpty()) {
      speech.warn(
          (dryRun ? "The rest would be restored" : "The rest is restored")
              + ", but these are not as in the backup:");
      name(speech, report.problems());
    }
  }
}
