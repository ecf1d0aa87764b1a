package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.PruneReport;
import dev.coffer.backup.RetentionPolicy;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.SnapshotList;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Times;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code coffer prune}: which backups stay. */
@CommandLine.Command(
    name = "prune",
    description = {
      "Remove old backups, for the same sources by themselves, and what only they needed.",
      "The newest backup and the newest full one are never removed by rules. Space is freed by a later prune, when no"
          + " running backup can need it."
    })
final class PruneCommand extends RepositoryCommand {
  @Option(
      names = "--keep-last",
      paramLabel = "N",
      defaultValue = "3",
      description = "Keep the newest N (default ${DEFAULT-VALUE}).")
  private int last;

  @Option(
      names = "--keep-daily",
      paramLabel = "N",
      defaultValue = "7",
      description = "Keep the newest of each of N days (default ${DEFAULT-VALUE}).")
  private int daily;

  @Option(
      names = "--keep-weekly",
      paramLabel = "N",
      defaultValue = "5",
      description = "Keep the newest of each of N weeks (default ${DEFAULT-VALUE}).")
  private int weekly;

  @Option(
      names = "--keep-monthly",
      paramLabel = "N",
      defaultValue = "12",
      description = "Keep the newest of each of N months (default ${DEFAULT-VALUE}).")
  private int monthly;

  @Option(
      names = "--keep-yearly",
      paramLabel = "N",
      defaultValue = "10",
      description = "Keep the newest of each of N years (default ${DEFAULT-VALUE}).")
  private int yearly;

  @Option(
      names = "--keep-tag",
      paramLabel = "WORD",
      description = "Keep every backup that was made with --tag WORD; may be repeated.")
  private List<String> tags = List.of();

  @Option(
      names = "--grace-days",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Free the space of what is removed after N days, at least 1 (default ${DEFAULT-VALUE}).")
  private int graceDays;

  @Option(
      names = {"-n", "--dry-run"},
      description = "Only say what would stay and what would go.")
  private boolean dryRun;

  @Option(
      names = "--remove",
      paramLabel = "ID",
      description =
          "Remove this backup instead, readable or not (see coffer snapshots), and no other; may be repeated. Asks.")
  private List<String> unwanted = List.of();

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  PruneCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    if (!unwanted.isEmpty()) {
      return remove(repository);
    }
    for (String tag : tags) {
      TagWord.check(tag, "--keep-tag");
    }
    RetentionPolicy policy = policy();
    SnapshotList list = repository.snapshots();
    Set<SnapshotId> keep = policy.keep(list.snapshots());
    Output speech = speech();
    for (Snapshot snapshot : list.snapshots()) {
      speech.say((keep.contains(snapshot.id()) ? "  keep    " : "  remove  ") + line(snapshot));
    }
    PruneReport report =
        dryRun
            ? new PruneReport(
                List.copyOf(keep),
                list.snapshots().stream()
                    .map(Snapshot::id)
                    .filter(id -> !keep.contains(id))
                    .toList(),
                0,
                0,
                0)
            : prune(repository, policy);
    speech.result(
        (dryRun ? "Would keep " : "Kept ")
            + Sizes.count(report.kept().size(), "backup")
            + (dryRun ? " and remove " : " and removed ")
            + report.removed().size()
            + (dryRun
                ? "."
                : "; freed "
                    + Sizes.bytes(report.bytesDeleted())
                    + ", and "
                    + Sizes.count(report.objectsCondemned(), "object")
                    + " more can be freed by a prune in "
                    + Sizes.count(graceDays, "day")
                    + "."));
    speech.result(
        new JsonWriter()
            .put("dryRun", dryRun)
            .putTexts("kept", texts(report.kept()))
            .putTexts("removed", texts(report.removed()))
            .put("objectsCondemned", report.objectsCondemned())
            .put("objectsDeleted", report.objectsDeleted())
            .put("bytesDeleted", report.bytesDeleted()));
    return ExitCode.OK;
  }

  /** What cannot be read is in the way of the rules, and so has to go by its name. */
  private static PruneReport prune(Repository repository, RetentionPolicy policy)
      throws Failure, BackupException {
    try {
      return repository.prune(policy);
    } catch (BackupException e) {
      if (e.reason() == BackupException.Reason.STORE_FAULT) {
        throw new Failure(
            ExitCode.FAILED,
            ErrorMessages.sentence(e.getMessage()),
            "coffer prune --remove ID removes one by its name; the others stay.");
      }
      throw e;
    }
  }

  private ExitCode remove(Repository repository) throws Failure, IOException, BackupException {
    List<SnapshotId> all = repository.names();
    Set<SnapshotId> going = new TreeSet<>();
    for (String name : unwanted) {
      if (name.isBlank()) {
        throw new Failure(
            ExitCode.USAGE,
            "The name of a backup is empty.",
            "Give --remove a name from coffer snapshots; is a shell variable unset?");
      }
      going.add(SnapshotOption.named(all, name));
    }
    List<Snapshot> readable = repository.snapshots().snapshots();
    List<Snapshot> left = readable.stream().filter(one -> !going.contains(one.id())).toList();
    Output speech = speech();
    long alone = 0;
    for (SnapshotId id : going) {
      Optional<Snapshot> one = readable.stream().filter(some -> some.id().equals(id)).findFirst();
      speech.say("  remove  " + one.map(PruneCommand::line).orElse(id + "  cannot be read"));
      alone +=
          one.filter(some -> left.stream().noneMatch(other -> covers(other, some))).stream()
              .count();
    }
    if (!dryRun) {
      Confirmation.ask(
          session(),
          yes,
          "Remove "
              + Sizes.count(going.size(), "backup")
              + " for good?"
              + (alone == 0 ? "" : " No other of the same sources holds as much."));
      for (SnapshotId id : going) {
        repository.forget(id);
        if (device().note(LAST_SNAPSHOT).filter(id.toString()::equals).isPresent()) {
          // It is not there by this device's own wish, and so nobody hides it.
          device().dropNote(LAST_SNAPSHOT);
        }
      }
    }
    List<SnapshotId> kept = all.stream().filter(id -> !going.contains(id)).toList();
    speech.result(
        (dryRun ? "Would remove " : "Removed ")
            + Sizes.count(going.size(), "backup")
            + (dryRun ? " and keep " : " and kept ")
            + kept.size()
            + ". Space is freed by later prunes.");
    speech.result(
        new JsonWriter()
            .put("dryRun", dryRun)
            .putTexts("kept", texts(kept))
            .putTexts("removed", texts(List.copyOf(going))));
    return ExitCode.OK;
  }

  private static boolean covers(Snapshot other, Snapshot one) {
    return other.sources().equals(one.sources())
        && 2 * other.files() >= one.files()
        && 2 * other.bytes() >= one.bytes();
  }

  private static String line(Snapshot snapshot) {
    return Times.local(snapshot.time())
        + "  "
        + Sizes.count(snapshot.files(), "file")
        + "  "
        + SnapshotOption.sources(snapshot)
        + SnapshotOption.tags(snapshot);
  }

  private static List<String> texts(List<SnapshotId> ids) {
    return ids.stream().sorted().map(SnapshotId::toString).toList();
  }

  private RetentionPolicy policy() throws Failure {
    try {
      if (graceDays < 1) {
        throw new IllegalArgumentException("a running backup needs a day of grace");
      }
      return new RetentionPolicy(
          last,
          daily,
          weekly,
          monthly,
          yearly,
          Set.copyOf(tags),
          ZoneId.systemDefault(),
          Duration.ofDays(graceDays));
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "These numbers make no sense: " + e.getMessage() + ".",
          "Keep at least the last backup, and give no negative numbers.");
    }
  }
}
