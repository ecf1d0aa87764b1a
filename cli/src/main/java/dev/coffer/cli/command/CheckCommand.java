package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.CheckReport;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code coffer check}: whether every backup can be restored. */
@CommandLine.Command(
    name = "check",
    description = {
      "Check that everything the backups need is there and has a possible size; name the files that cannot be",
      "restored. Exit codes: 0 sound, 11 damaged."
    })
final class CheckCommand extends RepositoryCommand {
  private static final Pattern PART = Pattern.compile("([1-9][0-9]{0,5})/([1-9][0-9]{0,5})");

  @Option(names = "--read", description = "Read everything back and verify it.")
  private boolean read;

  @Option(
      names = "--read-part",
      paramLabel = "I/N",
      description =
          "Read back part I of N, such as 1/30; another one each day reads all in N days.")
  private @Nullable String part;

  CheckCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    CheckDepth depth = read || part != null ? CheckDepth.CONTENT : CheckDepth.PRESENCE;
    Optional<String> hidden = hidden(repository, place);
    CheckReport report = check(speech(), repository, depth, part(), "Checking");
    say(speech(), report, hidden);
    return report.damaged() || hidden.isPresent() ? ExitCode.DAMAGED : ExitCode.OK;
  }

  private CheckReport.Part part() throws Failure {
    if (part == null) {
      return CheckReport.Part.ALL;
    }
    Matcher numbers = PART.matcher(part);
    try {
      if (numbers.matches()) {
        return new CheckReport.Part(
            Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
      }
    } catch (IllegalArgumentException e) {
      throw noPart();
    }
    throw noPart();
  }

  private static Failure noPart() {
    return new Failure(
        ExitCode.USAGE, "There is no such part.", "Give --read-part two numbers such as 1/30.");
  }

  static CheckReport check(
      Output speech, Repository repository, CheckDepth depth, CheckReport.Part part, String doing)
      throws BackupException {
    try (Progress shown = speech.progress(doing, 0, Progress.Unit.MEGABYTES)) {
      return repository.check(depth, part, at -> shown.at(at.bytes(), 0));
    }
  }

  static void say(Output speech, CheckReport report, Optional<String> hidden) {
    speech.result(
        Sizes.count(report.snapshots(), "backup")
            + " need "
            + Sizes.count(report.objects(), "object")
            + ", "
            + Sizes.bytes(report.bytesVerified())
            + " read back and verified: "
            + (report.damaged() ? "not all is sound." : "sound."));
    report.mended().forEach(problem -> speech.result("  " + problem));
    speech.result(
        new JsonWriter()
            .put("snapshots", report.snapshots())
            .put("objects", report.objects())
            .put("bytesVerified", report.bytesVerified())
            .put("damaged", report.damaged())
            .putAll("problems", json(report.problems()))
            .putAll("mended", json(report.mended()))
            .put("hidden", hidden.isPresent()));
    hidden.ifPresent(speech::warn);
    if (report.damaged()) {
      speech.warn("Damaged, or missing because of it:");
      name(speech, report.problems());
    }
  }
}
