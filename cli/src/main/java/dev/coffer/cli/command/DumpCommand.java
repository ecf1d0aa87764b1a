package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code coffer dump}: one file of a backup, on standard output. */
@CommandLine.Command(
    name = "dump",
    description = "Write the content of one file of a backup to standard output, verified.")
final class DumpCommand extends RepositoryCommand {
  @Mixin private SnapshotOption which = new SnapshotOption();

  @Parameters(
      paramLabel = "PATH",
      description = "The file below the directory, as coffer ls shows it.")
  private String path = "";

  DumpCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    List<Snapshot> snapshots = repository.snapshots().snapshots();
    Snapshot snapshot = which.chosen(snapshots);
    which.warnOfOthers(speech(), snapshots, snapshot);
    repository.write(snapshot.id(), path, session().terminal().out());
    session().terminal().out().flush();
    return ExitCode.OK;
  }
}
