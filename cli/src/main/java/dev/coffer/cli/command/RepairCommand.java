package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.CheckReport;
import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code coffer repair}: makes again what is damaged, where the files still exist. */
@CommandLine.Command(
    name = "repair",
    description = {
      "Read everything back, and make damaged objects again from the files that are still where they were backed up.",
      "The others are taken out of the way of the next backup. Exit codes: 0 all is sound now, 11 something is lost."
    })
final class RepairCommand extends RepositoryCommand {
  @Mixin private ProgressOption progress = new ProgressOption();

  RepairCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws BackupException {
    Output speech = speech();
    CheckReport report =
        CheckCommand.check(
            progress.start(speech, "Checking and repairing", Progress.Unit.STEPS),
            repository,
            CheckDepth.CONTENT_AND_MEND,
            CheckReport.Part.ALL);
    CheckCommand.say(
        speech, report, CheckDepth.CONTENT_AND_MEND, CheckReport.Part.ALL, Optional.empty());
    if (report.damaged()) {
      speech.say(
          "Next: coffer backup DIR, which stores anew what still exists; then coffer check.");
    }
    return report.damaged() ? ExitCode.DAMAGED : ExitCode.OK;
  }
}
