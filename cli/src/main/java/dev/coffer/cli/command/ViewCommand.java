package dev.coffer.cli.command;

import dev.coffer.backup.repository.Repository;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.view.ViewServer;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code coffer view}: backups as directories to look into. */
@CommandLine.Command(
    name = "view",
    description =
        "Show all backups as read-only directories, for browsers and WebDAV, on this machine alone. Stays until Ctrl-C."
            + " Whoever learns the address reads everything while it runs.")
final class ViewCommand extends RepositoryCommand {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "The port of 127.0.0.1 to listen on (default: any that is free).")
  private int port;

  ViewCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run(Repository repository, String place) throws IOException, InterruptedException {
    Output speech = speech();
    try (ViewServer view = ViewServer.start(repository, port, session().randomness())) {
      speech.result(view.address());
      speech.result(new JsonWriter().put("address", view.address()));
      speech.say("Open it in a browser, or mount it as WebDAV. Ctrl-C ends it.");
      new CountDownLatch(1).await();
    }
    return ExitCode.OK;
  }
}
