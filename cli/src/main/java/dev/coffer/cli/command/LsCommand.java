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
import dev.coffer.cli.terminal.Times;
import dev.coffer.protocol.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code coffer ls}: what a backup holds. */
@CommandLine.Command(
    name = "ls",
    aliases = "find",
    description = "List what a backup holds, or what of it a pattern fits. Nothing is restored.")
final class LsCommand extends RepositoryCommand {
  @Mixin private SnapshotOption which = new SnapshotOption();

  @Parameters(
      paramLabel = "PATTERN",
      arity = "0..1",
      description =
          "Paths below the directory, with * ? [a-z] and ** for any number of directories; without a slash, names in"
              + " any directory.")
  private @Nullable String pattern;

  LsCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, BackupException {
    Output speech = speech();
    List<Snapshot> snapshots = repository.snapshots().snapshots();
    Snapshot snapshot = which.chosen(snapshots);
    which.warnOfOthers(speech, snapshots, snapshot);
    Predicate<String> fits = pattern == null ? path -> true : PathPatterns.any(List.of(pattern));
    Predicate<String> wanted = which.paths(snapshot).and(fits);
    List<JsonWriter> found = new ArrayList<>();
    List<Problem> problems =
        repository.list(
            snapshot.id(),
            entry -> {
              if (wanted.test(entry.path())) {
                speech.result(line(entry));
                if (speech.json()) {
                  found.add(json(entry));
                }
              }
            });
    speech.result(
        new JsonWriter()
            .put("snapshot", snapshot.id().toString())
            .put("source", snapshot.source())
            .putAll("entries", found)
            .putAll("problems", json(problems)));
    if (!problems.isEmpty()) {
      speech.warn("Part of the list cannot be read:");
      name(speech, problems);
      return ExitCode.PARTIAL;
    }
    return ExitCode.OK;
  }

  private static String line(SnapshotEntry entry) {
    char type =
        switch (entry.type()) {
          case DIRECTORY -> 'd';
          case FILE -> '-';
          case LINK -> 'l';
          case MISSING -> '!';
        };
    String more =
        switch (entry.type()) {
          case DIRECTORY, FILE -> "";
          case LINK -> " -> " + entry.content();
          case MISSING -> " (not in the backup as it was: " + entry.content() + ")";
        };
    return String.format(
        Locale.ROOT,
        "%s%04o %12d  %-27s  %s",
        type,
        entry.mode(),
        entry.size(),
        entry.modified().map(Times::shortLocal).orElse(""),
        Sizes.printable(entry.path() + more));
  }

  private static JsonWriter json(SnapshotEntry entry) {
    return new JsonWriter()
        .put("type", entry.type().name())
        .put("path", entry.path())
        .put("size", entry.size())
        .put("mode", String.format(Locale.ROOT, "%04o", entry.mode()))
        .put("modified", entry.modified().map(Object::toString).orElse(""))
        .put("content", entry.content());
  }
}
