package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.protocol.json.JsonWriter;
import java.util.List;
import picocli.CommandLine;

/** {@code coffer stats}: how much the repository holds. */
@CommandLine.Command(
    name = "stats",
    description = "Show how much all backups hold, and how much room they take.")
final class StatsCommand extends RepositoryCommand {
  StatsCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws BackupException {
    Output speech = speech();
    List<Snapshot> snapshots = repository.snapshots().snapshots();
    long[] stored = repository.stored();
    long bytes = snapshots.stream().mapToLong(Snapshot::bytes).sum();
    speech.result(
        Sizes.count(snapshots.size(), "backup")
            + " of "
            + Sizes.bytes(bytes)
            + " together, in "
            + Sizes.count(stored[0], "object")
            + " of "
            + Sizes.bytes(stored[1])
            + ".");
    speech.result(
        new JsonWriter()
            .put("snapshots", snapshots.size())
            .put("bytes", bytes)
            .put("objects", stored[0])
            .put("bytesStored", stored[1]));
    return ExitCode.OK;
  }
}
