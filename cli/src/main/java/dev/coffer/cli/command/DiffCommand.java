package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Problem;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotEntry;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.protocol.json.JsonWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code coffer diff}: what changed between two backups. */
@CommandLine.Command(
    name = "diff",
    description =
        "Show what is only in the first backup (-), only in the second (+), or different (*).")
final class DiffCommand extends RepositoryCommand {
  @Parameters(
      index = "0",
      paramLabel = "FROM",
      description = "A backup: its name in coffer snapshots, or how it begins.")
  private String from = "";

  @Parameters(index = "1", paramLabel = "TO", description = "Another one.")
  private String to = "";

  DiffCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, BackupException {
    List<Snapshot> all = repository.snapshots().snapshots();
    Snapshot first = SnapshotOption.find(all, from);
    Snapshot second = SnapshotOption.find(all, to);
    Map<String, SnapshotEntry> before = new HashMap<>();
    List<Problem> problems = new ArrayList<>();
    problems.addAll(repository.list(first.id(), entry -> before.put(entry.path(), entry)));
    Output speech = speech();
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    problems.addAll(
        repository.list(
            second.id(),
            entry -> {
              SnapshotEntry old = before.remove(entry.path());
              if (old == null) {
                added.add(entry.path());
                speech.result("+ " + Sizes.printable(entry.path()));
              } else if (!entry.isLike(old)) {
                changed.add(entry.path());
                speech.result("* " + Sizes.printable(entry.path()));
              }
            }));
    List<String> removed = before.keySet().stream().sorted().toList();
    removed.forEach(path -> speech.result("- " + Sizes.printable(path)));
    speech.result(
        new JsonWriter()
            .putTexts("added", added)
            .putTexts("changed", changed)
            .putTexts("removed", removed)
            .putAll("problems", json(problems)));
    if (!problems.isEmpty()) {
      speech.warn("Part of a list cannot be read:");
      name(speech, problems);
      return ExitCode.PARTIAL;
    }
    return ExitCode.OK;
  }
}
