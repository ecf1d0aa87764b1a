package dev.coffer.lab.command;

import dev.coffer.backup.BackupException;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.command.ErrorMessages;
import dev.coffer.cli.terminal.Output;
import dev.coffer.lab.demo.DemoResult;
import dev.coffer.lab.demo.Demonstration;
import dev.coffer.notary.operator.OperatorFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer demo}. */
@CommandLine.Command(
    name = "demo",
    description =
        "Show the whole story here: five HSMs (SIMULATED) and five nodes, a backup, a lost phone, a recovery,"
            + " wrong codes, killed nodes.")
final class DemoCommand extends Command {
  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description =
          "Back up and restore this directory, which is only read; otherwise a made-up message history.")
  private @Nullable Path directory;

  @Option(names = "--keep", description = "Keep the demonstration's directory.")
  private boolean keep;

  DemoCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
    if (directory != null && !Files.isDirectory(directory)) {
      throw new Failure(
          ExitCode.HERE,
          directory + " is not a directory.",
          "Name one to back up, or none for a sample.");
    }
    Output speech = speech();
    try {
      DemoResult result =
          new Demonstration(session(), speech, Optional.ofNullable(directory), keep).run();
      speech.result(result.json());
      return result.restored() && result.exhausted() ? ExitCode.OK : ExitCode.FAILED;
    } catch (BackupException e) {
      throw ErrorMessages.of(e);
    }
  }
}
