package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Snapshot;
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
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine;

/** {@code coffer snapshots}: what there is to restore. */
@CommandLine.Command(name = "snapshots", description = "List the backups, newest first.")
final class SnapshotsCommand extends RepositoryCommand {
  /** Two backups within one second get times a second apart; and no two clocks are quite alike. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

  SnapshotsCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    Output speech = speech();
    SnapshotList list = repository.snapshots();
    Instant now = session().clock().instant();
    for (Snapshot snapshot : list.snapshots()) {
      speech.result(
          snapshot.id()
              + "\n    "
              + Times.local(snapshot.time())
              + ": "
              + Sizes.count(snapshot.files(), "file")
              + ", "
              + Sizes.bytes(snapshot.bytes())
              + ", from "
              + SnapshotOption.sources(snapshot)
              + SnapshotOption.tags(snapshot)
              + (snapshot.problems() > 0 ? ", " + Sizes.count(snapshot.problems(), "problem") : "")
              + (snapshot.time().isAfter(now.plus(CLOCKS_DIFFER))
                  ? ", from the future: a clock was wrong"
                  : ""));
    }
    if (list.snapshots().isEmpty()) {
      speech.result("There is no backup in " + place + ". Make one with coffer backup DIR.");
    }
    Optional<String> hidden = hidden(repository, place);
    speech.result(
        new JsonWriter()
            .put("repository", place)
            .putAll(
                "snapshots",
                list.snapshots().stream()
                    .map(snapshot ->
                        new JsonWriter()
                            .put("id", snapshot.id().toString())
                            .put("time", snapshot.time().toString())
                            .put("source", snapshot.source())
                            .putTexts("sources", snapshot.sources())
                            .putTexts("tags", snapshot.tags())
                            .put("files", snapshot.files())
                            .put("bytes", snapshot.bytes())
                            .put("problems", snapshot.problems())
                            .put("omitted", snapshot.omitted()))
                    .toList())
            .putTexts("damaged", subjects(list.problems()))
            .put("hidden", hidden.isPresent()));
    hidden.ifPresent(speech::warn);
    if (!list.problems().isEmpty()) {
      speech.warn("Some snapshots cannot be read:");
      name(speech, list.problems());
      return ExitCode.PARTIAL;
    }
    return hidden.isPresent() ? ExitCode.PARTIAL : ExitCode.OK;
  }
}
