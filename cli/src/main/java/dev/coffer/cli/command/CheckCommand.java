package dev.coffer.cli.command;

import static dev.coffer.backup.Problem.Kind.SNAPSHOT_DAMAGED;

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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer check}: whether every backup can be restored. */
@CommandLine.Command(
    name = "check",
    description = {
      "Check that everything the backups need is there, with sizes that are possible; name the files that cannot be"
          + " restored.",
      "Contents are read only with --read or --read-part. Exit codes: 0 nothing wrong was found, 11 damaged."
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

  @Mixin private ProgressOption progress = new ProgressOption();

  CheckCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws Failure, IOException, BackupException {
    CheckDepth depth = read || part != null ? CheckDepth.CONTENT : CheckDepth.PRESENCE;
    Optional<String> hidden = hidden(repository, place);
    CheckReport report =
        check(progress.start(speech(), "Checking", Progress.Unit.STEPS), repository, depth, part());
    say(speech(), report, depth, part(), hidden);
    if (report.damaged()) {
      speech()
          .warn(
              "Next: coffer repair, which makes things again from the files that are still where they were backed up;"
                  + " then coffer backup. Only what is lost even then has to come from another backup.");
    }
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
      Progress progress, Repository repository, CheckDepth depth, CheckReport.Part part)
      throws BackupException {
    try (progress) {
      return repository.check(depth, part, at -> progress.at(at.files(), at.filesInAll()));
    }
  }

  /** What was looked at, and what not: nobody should take names and sizes for contents. */
  private static String looked(CheckReport report, CheckDepth depth, CheckReport.Part part) {
    if (depth == CheckDepth.PRESENCE) {
      return (report.damaged()
              ? "not all are there with a possible size."
              : "all are there, with sizes that are possible.")
          + " Contents were not read: coffer check --read does that, --read-part a part at a time.";
    }
    return Sizes.count(report.objectsRead(), "object")
        + (part.of() > 1 ? " of part " + part.number() + "/" + part.of() : "")
        + " read back, "
        + Sizes.bytes(report.bytesVerified())
        + " verified: "
        + (report.damaged() ? "not all is sound." : "sound.")
        + (part.of() > 1 ? " Of the other parts only names and sizes were looked at." : "");
  }

  static void say(
      Output speech,
      CheckReport report,
      CheckDepth depth,
      CheckReport.Part part,
      Optional<String> hidden) {
    speech.result(
        Sizes.count(report.snapshots(), "backup")
            + (report.snapshots() == 1 ? " needs " : " need ")
            + Sizes.count(report.objects(), "object")
            + ": "
            + looked(report, depth, part));
    report.mended().forEach(problem -> speech.result("  " + problem));
    speech.result(
        new JsonWriter()
            .put("snapshots", report.snapshots())
            .put("objects", report.objects())
            .put("depth", depth.name())
            .put("part", part.number() + "/" + part.of())
            .put("objectsRead", report.objectsRead())
            .put("bytesVerified", report.bytesVerified())
            .put("damaged", report.damaged())
            .putAll("problems", json(report.problems()))
            .putAll("mended", json(report.mended()))
            .put("hidden", hidden.isPresent()));
    hidden.ifPresent(speech::warn);
    if (report.damaged()) {
      speech.warn("Damaged, or missing because of it:");
      name(speech, report.problems());
      if (report.problems().stream().anyMatch(one -> one.kind() == SNAPSHOT_DAMAGED)) {
        speech.say(
            "A snapshot that cannot be read goes with coffer prune --remove ID; the others do not need it.");
      }
    }
  }
}
