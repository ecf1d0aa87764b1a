package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.Problem;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Times;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Mixin;

/** A command that works on a backup repository with this device's key. The vault is not needed. */
abstract class RepositoryCommand extends UserCommand {
  /** The device's note of the newest snapshot it made. */
  static final String LAST_SNAPSHOT = "last-snapshot";

  private static final int PROBLEMS_SHOWN = 20;

  @Mixin private RepositoryOption repository = new RepositoryOption();

  RepositoryCommand(Session session) {
    super(session);
  }

  /** The store at another place than the repository's. */
  final ObjectStore beside(String other, String place) throws Failure, BackupException {
    return repository.beside(session(), other, place);
  }

  /** What other places the command uses. */
  List<String> otherPlaces() throws Failure, IOException {
    return List.of();
  }

  /** What the command does with the repository. */
  abstract ExitCode run(Repository repository, String place)
      throws Failure, IOException, BackupException, InterruptedException;

  /** Takes note of how the command ended, in whatever way it did. */
  void ended(ExitCode how) throws Failure {}

  @Override
  protected final ExitCode run() throws Failure, IOException, InterruptedException {
    ExitCode how = ExitCode.FAILED;
    try {
      how = onPlace();
      return how;
    } catch (Failure e) {
      how = e.exitCode();
      throw e;
    } finally {
      ended(how);
    }
  }

  private ExitCode onPlace() throws Failure, IOException, InterruptedException {
    String place = repository.place(home(), device(), otherPlaces().toArray(String[]::new));
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (BackupSecret secret = secret();
        SecretBytes octets = secret.copy();
        BackupKey key = BackupKey.derive(octets)) {
      boolean mustExist = repository.mustExist(device(), place);
      Repository opened =
          Repository.open(
              repository.limited(session(), place),
              key,
              session().clock().withZone(ZoneId.systemDefault()),
              executor);
      if (mustExist && !opened.exists()) {
        throw notThere(place);
      }
      return run(opened, place);
    } catch (BackupException e) {
      if (e.reason() == BackupException.Reason.NO_SNAPSHOT) {
        throw noBackup(place);
      }
      throw ErrorMessages.of(e);
    } finally {
      executor.shutdownNow();
    }
  }

  private static Failure notThere(String place) {
    return new Failure(
        ExitCode.HERE,
        "The repository you used before is not there: " + place + ".",
        "Mount the disk, or name another with -r.");
  }

  /** As on a new phone, which does not remember where the backups lie. */
  private static Failure noBackup(String place) {
    return new Failure(
        ExitCode.NOT_REGISTERED,
        "There is no backup of this account in " + place + ".",
        "If its backups lie elsewhere, name the place with -r: " + PlaceOptions.KINDS + ".");
  }

  /** Names what went wrong, one line a file. */
  static void name(Output speech, List<Problem> problems) {
    for (Problem problem : problems.subList(0, Math.min(problems.size(), PROBLEMS_SHOWN))) {
      speech.warn("  " + Sizes.printable(problem.toString()));
    }
    if (problems.size() > PROBLEMS_SHOWN) {
      speech.warn(
          "  … and "
              + Sizes.count(problems.size() - PROBLEMS_SHOWN, "more file")
              + " (all of them with --json)");
    }
  }

  /** What went wrong or was left out, for programs. */
  static List<JsonWriter> json(List<Problem> problems) {
    return problems.stream()
        .map(problem ->
            new JsonWriter()
                .put("kind", problem.kind().name())
                .put("subject", problem.subject())
                .put("what", problem.sentence()))
        .toList();
  }

  /**
   * What to say if the newest snapshot that this device made in {@code place} is not among those
   * that the store names: whoever holds it can hide one, and show the one before as the newest.
   */
  final Optional<String> hidden(Repository opened, String place)
      throws Failure, IOException, BackupException {
    return hidden(opened, place, Instant.MAX);
  }

  /** The same if it was made by {@code until}. */
  final Optional<String> hidden(Repository opened, String place, Instant until)
      throws Failure, IOException, BackupException {
    Optional<SnapshotId> made = device().note(LAST_SNAPSHOT).flatMap(SnapshotId::parse);
    if (made.isEmpty()
        || made.get().time().isAfter(until)
        || !RepositoryOption.isRemembered(device(), place)) {
      return Optional.empty();
    }
    List<SnapshotId> names = opened.names();
    if (names.contains(made.get())) {
      return Optional.empty();
    }
    String newest =
        names.isEmpty()
            ? "it shows none"
            : "the newest it shows is of " + Times.local(names.getFirst().time());
    return Optional.of(
        "This device made a backup at "
            + Times.local(made.get().time())
            + ", which the repository does not show: "
            + newest
            + ". It was forgotten, pruned elsewhere, or somebody hides it.");
  }

  static List<String> subjects(List<Problem> problems) {
    return problems.stream().map(Problem::subject).toList();
  }
}
