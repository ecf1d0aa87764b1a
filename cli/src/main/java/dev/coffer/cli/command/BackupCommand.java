package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupOptions;
import dev.coffer.backup.BackupReport;
import dev.coffer.backup.DepositKey;
import dev.coffer.backup.Problem;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.schedule.LastBackup;
import dev.coffer.cli.schedule.MetricFile;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer backup}: a snapshot of directories and files, encrypted with this device's key. */
@CommandLine.Command(
    name = "backup",
    description =
        "Back up directories and files, encrypted, into one snapshot. Run again after an interruption: it continues.")
final class BackupCommand extends RepositoryCommand {
  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Directories and files to back up; they are only read.")
  private List<Path> paths = List.of();

  @Option(
      names = "--allow-shrink",
      description =
          "Make the backup even if a directory is empty or all together hold much less than before.")
  private boolean allowShrink;

  @Option(
      names = "--shrink-max",
      paramLabel = "PERCENT",
      defaultValue = "50",
      description =
          "How much less than in the backup before they may hold without that, in files or octets (default"
              + " ${DEFAULT-VALUE}).")
  private int shrinkMax = BackupOptions.SHRINK_MAX;

  @Option(
      names = "--check-parts",
      paramLabel = "N",
      defaultValue = "30",
      description =
          "Read back and verify one of N parts of the repository, in turns (default ${DEFAULT-VALUE}, at most"
              + " 256 MiB; 0: none).")
  private int checkParts = BackupOptions.CHECK_PARTS;

  @Option(
      names = "--tag",
      paramLabel = "WORD",
      description =
          "A word for this backup, by which it is found (--tag) and kept (prune --keep-tag); may be repeated.")
  private List<String> tags = List.of();

  @Option(
      names = "--metrics-file",
      paramLabel = "FILE",
      description =
          "Write when the last backup was made, when one was tried, and how that ended, to FILE, as node_exporter's"
              + " textfile collector reads it.")
  private @Nullable Path metrics;

  @Mixin private LoginOptions logins = new LoginOptions();

  @Mixin private ExcludeOptions exclude = new ExcludeOptions();

  @Mixin private ProgressOption progress = new ProgressOption();

  BackupCommand(Session session) {
    super(session);
  }

  @Override
  List<String> otherPlaces() throws Failure, IOException {
    return DepositSettings.of(device()).map(DepositSettings::place).stream().toList();
  }

  @Override
  ExitCode run(Repository repository, String place)
      throws Failure, IOException, BackupException, InterruptedException {
    for (Path path : paths) {
      if (!Files.isDirectory(path) && !Files.isRegularFile(path)) {
        throw new Failure(
            ExitCode.HERE, path + " is no directory and no file.", "Name what to back up.");
      }
    }
    try (CodeInquiry inquiry = CodeInquiry.begin(session(), home(), device(), logins)) {
      return run(repository, place, inquiry);
    }
  }

  private ExitCode run(Repository repository, String place, CodeInquiry inquiry)
      throws Failure, IOException, BackupException, InterruptedException {
    Output speech = speech();
    BackupOptions options = options(place).withCount(progress.shown(speech));
    Optional<String> hidden = hidden(repository, place);
    boolean made = !repository.exists();
    Deposits deposits = deposits(place);
    BackupReport report;
    try (Progress shown = progress.start(speech, "Backing up", Progress.Unit.MEGABYTES)) {
      report = repository.backup(paths, options, at -> shown.at(at.bytes(), at.bytesInAll()));
    }
    if (made) {
      speech.say(newRepository(place));
    }
    deposits.clear(repository, report.snapshot().id());
    RepositoryOption.remember(device(), place);
    device().note(LastBackup.TIME_NOTE, report.snapshot().time().toString());
    device().note(LAST_SNAPSHOT, report.snapshot().id().toString());
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
    if (deposits.taken() > 0) {
      speech.result("  " + Sizes.count(deposits.taken(), "deposit") + " taken in");
    }
    List<Problem> notices = joined(report.notices(), deposits.notices());
    List<Problem> problems = joined(report.problems(), deposits.problems());
    notices.forEach(notice -> speech.result("  " + Sizes.printable(notice.toString())));
    boolean asked = inquiry.end(speech);
    CodeState code = CodeState.of(device());
    code.warning().ifPresent(speech::warn);
    hidden.ifPresent(speech::warn);
    speech.result(
        new JsonWriter()
            .put("snapshot", report.snapshot().id().toString())
            .putTexts("sources", report.snapshot().sources())
            .putTexts("tags", report.snapshot().tags())
            .put("files", report.files())
            .put("filesUnchanged", report.filesUnchanged())
            .put("bytes", report.bytes())
            .put("bytesStored", report.bytesStored())
            .put("repository", place)
            .putAll("problems", json(problems))
            .putAll("notices", json(notices))
            .put("deposits", deposits.taken())
            .put("omitted", report.snapshot().omitted())
            .put("code", code.word().orElse(""))
            .put("codeAsked", asked)
            .put("codeRegistered", code.registered())
            .put("codeChanged", code.changed())
            .put("hidden", hidden.isPresent()));
    if (!problems.isEmpty()) {
      speech.warn("Not everything could be backed up:");
      name(speech, problems);
      return ExitCode.PARTIAL;
    }
    return ExitCode.OK;
  }

  @Override
  void ended(ExitCode how) throws Failure {
    if (metrics == null) {
      return;
    }
    try {
      LastBackup last = LastBackup.of(device(), session().clock().instant());
      MetricFile.write(metrics.toAbsolutePath(), device().account(), last, how.status());
    } catch (IOException e) {
      // A monitor sees an old file; the backup itself is as it is.
      speech().warn("The file for the monitor cannot be written: " + metrics);
    }
  }

  private static String newRepository(String place) {
    return "A new backup repository is made in "
        + place
        + ". Access control lists and capabilities are not kept in it.";
  }

  private static List<Problem> joined(List<Problem> some, List<Problem> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** Brings what others deposited into a directory of this backup, if this device has a box. */
  private Deposits deposits(String place) throws Failure, IOException {
    Optional<DepositSettings> settings = DepositSettings.of(device());
    if (settings.isEmpty()) {
      return Deposits.NONE;
    }
    try (BackupSecret secret = secret();
        SecretBytes octets = secret.copy();
        DepositKey key = DepositKey.derive(octets)) {
      return Deposits.takeIn(settings.get(), inbox -> beside(inbox, place), key, paths);
    }
  }

  /** Keys and the vault's own files are no part of a backup that they open. */
  private BackupOptions options(String place) throws Failure, IOException {
    if (shrinkMax < 0 || shrinkMax > 100 || checkParts < 0) {
      throw new Failure(
          ExitCode.USAGE,
          "These numbers make no sense.",
          "Give --shrink-max a percentage and --check-parts a number from 0 on.");
    }
    for (String tag : tags) {
      TagWord.check(tag, "--tag");
    }
    Map<Path, String> leaveOut = new HashMap<>();
    for (Path keys : Device.allBeside(device().directory())) {
      leaveOut(leaveOut, keys, "the keys of a device");
    }
    if (Files.exists(home().resolve("fleet.bin"))) {
      leaveOut(leaveOut, home(), "the vault's own files");
    }
    if (!place.contains("://")) {
      leaveOut(leaveOut, Path.of(place), "the repository itself");
    }
    Optional<DepositSettings> box = DepositSettings.of(device());
    if (box.isPresent() && !box.get().place().contains("://")) {
      leaveOut(leaveOut, Path.of(box.get().place()), "the inbox of deposits");
    }
    return BackupOptions.standard()
        .withParts(checkParts)
        .withShrinkMax(allowShrink ? 100 : shrinkMax)
        .withTags(tags)
        .withAccessLists(AccessLists.ofSystem())
        .withExclusions(exclude.with(leaveOut));
  }

  private void leaveOut(Map<Path, String> leaveOut, Path path, String reason) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    Path real = path.toRealPath();
    for (Path source : paths) {
      if (source.toRealPath().startsWith(real)) {
        return;
      }
    }
    leaveOut.put(real, reason);
  }
}
