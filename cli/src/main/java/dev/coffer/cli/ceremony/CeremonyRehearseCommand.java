package dev.coffer.cli.ceremony;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.home.RehearsalHome;
import dev.coffer.cli.terminal.Output;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer ceremony rehearse}. */
@CommandLine.Command(
    name = "rehearse",
    description = {
      "Do a whole ceremony on this machine: plan, all sites over one folder, signatures, verification, evidence; then"
          + " start the nodes, register and recover once, and stop everything.",
      "The directory stays, to look at; nothing in it is for use. coffer audit fleet checks its evidence."
    })
public final class CeremonyRehearseCommand extends Command {
  @Option(
      names = "--sites",
      paramLabel = "N",
      description = "3, 5 or 7 (default: ${DEFAULT-VALUE}).")
  private int sites = 5;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "An empty directory with a short name (default: a new temporary one).")
  private @Nullable Path directory;

  @Mixin private HsmProgramOption hsm = new HsmProgramOption();

  /** In {@code session}. */
  public CeremonyRehearseCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    if (sites != 3 && sites != 5 && sites != 7) {
      throw new Failure(
          ExitCode.USAGE, "A fleet has 3, 5 or 7 sites.", "Give --sites one of these.");
    }
    Path folder = directory == null ? Files.createTempDirectory("ceremony") : directory;
    if (Files.exists(folder)) {
      try (Stream<Path> there = Files.list(folder)) {
        if (there.findAny().isPresent()) {
          throw new Failure(ExitCode.USAGE, folder + " is not empty.", "Name another with --dir.");
        }
      }
    }
    Output speech = speech();
    Instant from = session().clock().instant();
    Rehearsal rehearsal = new Rehearsal(session(), speech, folder, sites, hsm.path());
    Rehearsal.Outcome outcome = rehearsal.run();
    boolean found = remembered(folder);
    Duration took = Duration.between(from, session().clock().instant());
    speech.result(
        "Rehearsed with "
            + sites
            + " sites in "
            + took.toSeconds()
            + " s: "
            + outcome.said()
            + ".");
    speech.result("All of it is in " + folder + "; look at exchange/transcript.txt.");
    speech.say(
        "Check its evidence: coffer audit fleet"
            + (found ? "" : " --used-by " + folder.resolve("site-1")));
    speech.result(
        new JsonWriter()
            .put("sites", sites)
            .put("seconds", took.toSeconds())
            .put("recovered", outcome.recovered())
            .put("fleet", outcome.fleet().value().hex())
            .put("evidence", outcome.evidence().hex())
            .put("directory", folder.toString()));
    return ExitCode.OK;
  }

  /** Whether commands without a word of where will find it. */
  private boolean remembered(Path folder) {
    try {
      new RehearsalHome(folder.toAbsolutePath().normalize()).markNewest(session());
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
