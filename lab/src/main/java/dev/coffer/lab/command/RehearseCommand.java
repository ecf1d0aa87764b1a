package dev.coffer.lab.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.terminal.Output;
import dev.coffer.lab.local.Rehearsal;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;

/** {@code coffer rehearse}: what the build runs last. */
@CommandLine.Command(
    name = "rehearse",
    hidden = true,
    description = "Record what shortens the start of nodes, beside the jars. The build does it.")
final class RehearseCommand extends Command {
  RehearseCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    Output speech = speech();
    Path cache = Rehearsal.record(session());
    speech.result("Recorded " + cache + ".");
    speech.result(new JsonWriter().put("cache", cache.toString()));
    return ExitCode.OK;
  }
}
