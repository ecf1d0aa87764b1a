package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotList;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import picocli.CommandLine;

/** {@code coffer snapshots}: what there is to restore. */
@CommandLine.Command(name = "snapshots", description = "List the backups, newest first.")
final class SnapshotsCommand extends RepositoryCommand {
  SnapshotsCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws BackupException {
    Output speech = speech();
    SnapshotList list = repository.snapshots();
    for (Snapshot snapshot : list.snapshots()) {
      speech.result(
          snapshot.id()
              + "\n    "
              + Sizes.count(snapshot.files(), "file")
              + ", "
              + Sizes.bytes(snapshot.bytes())
              + ", from "
              + Sizes.printable(snapshot.source())
              + (snapshot.problems() > 0
                  ? ", " + Sizes.count(snapshot.problems(), "problem")
                  : ""));
    }
    if (list.snapshots().isEmpty()) {
      speech.result("There is no backup in " + place + ". Make one with coffer backup DIR.");
    }
    speech.result(
        new Json()
            .put("repository", place)
            .putAll(
                "snapshots",
                list.snapshots().stream()
                    .map(snapshot ->
                        new Json()
                            .put("id", snapshot.id().toString())
                            .put("time", snapshot.time().toString())
                            .put("source", snapshot.source())
                            .put("files", snapshot.files())
                            .put("bytes", snapshot.bytes())
                            .put("problems", snapshot.problems()))
                    .toList())
            .putTexts("damaged", subjects(list.problems())));
    if (!list.problems().isEmpty()) {
      speech.warn("Some snapshots cannot be read:");
      name(speech, list.problems());
      return ExitCode.PARTIAL;
    }
    return ExitCode.OK;
  }
}
