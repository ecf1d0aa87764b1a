package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupKey;
import dev.coffer.backup.Problem;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Mixin;

/** A command that works on a backup repository with this device's key. The vault is not needed. */
abstract class RepositoryCommand extends UserCommand {
  private static final int PROBLEMS_SHOWN = 20;

  @Mixin private RepositoryOption repository = new RepositoryOption();

  RepositoryCommand(Session session) {
    super(session);
  }

  /** What the command does with the repository. */
  abstract ExitCode run(Repository repository, String place)
      throws Failure, IOException, BackupException, InterruptedException;

  @Override
  protected final ExitCode run() throws Failure, IOException, InterruptedException {
    String place = repository.place(home(), device());
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (BackupSecret secret = secret();
        SecretBytes octets = secret.copy();
        BackupKey key = BackupKey.derive(octets)) {
      boolean mustExist = repository.mustExist(device(), place);
      if (mustExist && !place.contains("://") && !Repository.encloses(Path.of(place))) {
        // Before the store is opened, which would make the folder on the empty mount point.
        throw notThere(place);
      }
      Repository opened =
          Repository.open(
              RepositoryOption.store(session(), place), key, session().clock(), executor);
      if (mustExist && !opened.exists()) {
        throw notThere(place);
      }
      return run(opened, place);
    } catch (BackupException e) {
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

  static List<String> subjects(List<Problem> problems) {
    return problems.stream().map(Problem::subject).toList();
  }
}
