package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.ceremony.run.Standing;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.terminal.Output;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer ceremony run}. */
@CommandLine.Command(
    name = "run",
    description = {
      "Go on with a ceremony at this site as far as the files on the stick allow. Run the same command again whenever"
          + " the stick comes back; after a kill it goes on where it was. Between the runs the HSM goes on running.",
      "Exit codes: 0 the node may start, 7 it waits for files or for your word, 8 something does not fit."
    })
public final class CeremonyRunCommand extends Command {
  @Parameters(paramLabel = "PLAN", description = "The plan.txt that everybody has.")
  private Path planFile = Path.of("");

  @Option(names = "--site", required = true, paramLabel = "I", description = "This site's number.")
  private int site;

  @Option(
      names = "--home",
      required = true,
      paramLabel = "DIR",
      description = "This site's own directory: state, HSM, node. Empty at the beginning.")
  private Path home = Path.of("");

  @Option(
      names = "--exchange",
      required = true,
      paramLabel = "DIR",
      description = "The stick, or any folder that is carried from site to site.")
  private Path exchange = Path.of("");

  @Option(
      names = "--yes-they-match",
      paramLabel = "WORDS",
      description = "The sixteen words of all identities, which are the same at every site.")
  private @Nullable String words;

  @Option(
      names = "--exception",
      paramLabel = "TEXT",
      description = "Write down in this site's transcript what was not as planned.")
  private List<String> exceptions = List.of();

  @Option(
      names = "--ssh-keygen",
      paramLabel = "PROGRAM",
      description = "The program that verifies signatures (default: ${DEFAULT-VALUE}).")
  private String sshKeygen = "ssh-keygen";

  @Mixin private HsmProgramOption hsm = new HsmProgramOption();

  /** In {@code session}. */
  public CeremonyRunCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    Plan plan = CeremonyCommand.plan(planFile);
    CeremonyCommand.show(speech(), "Plan of " + plan.ceremony(), plan.hash());
    SshKeygen signatures = new SshKeygen(sshKeygen);
    try (CeremonySite here =
        CeremonySite.open(session(), plan, site, home, exchange, hsm.path(), signatures)) {
      for (String exception : exceptions) {
        here.except(exception);
      }
      Standing standing = here.advance();
      if (standing instanceof Standing.Comparing comparing) {
        Bytes hash = comparing.roll().hash();
        CeremonyCommand.show(speech(), "Identities of all sites", hash);
        Optional<String> typed = typed();
        if (typed.isEmpty()) {
          speech().result(new JsonWriter().put("state", "comparing").put("words", Words.of(hash)));
          speech().result("Next: compare them with every site, then add --yes-they-match WORDS.");
          return ExitCode.TRY_AGAIN;
        }
        here.confirm(typed.get());
        standing = here.advance();
      }
      return tell(plan, standing);
    }
  }

  private Optional<String> typed() throws IOException {
    return words != null
        ? Optional.of(words)
        : session()
            .terminal()
            .ask("Type them once every site has read the same (nothing to stop): ")
            .filter(line -> !line.isBlank());
  }

  private ExitCode tell(Plan plan, Standing standing) {
    Output speech = speech();
    return switch (standing) {
      case Standing.Waiting waiting -> {
        speech.result("Site " + site + " waits for " + waiting.why() + ":");
        waiting.files().forEach(file -> speech.result("    " + file));
        speech.result("Next: carry the stick on; run this again when it has them.");
        speech.result(
            new JsonWriter()
                .put("state", "waiting")
                .put("why", waiting.why())
                .putTexts("files", waiting.files()));
        yield ExitCode.TRY_AGAIN;
      }
      case Standing.Comparing comparing -> ExitCode.TRY_AGAIN;
      case Standing.Founded founded -> {
        FleetId fleet = founded.fleet();
        speech.result(
            "Founded: fleet "
                + fleet.value().hex()
                + ", site "
                + site
                + " of "
                + plan.sites().size()
                + ".");
        speech.say("Next: start its node; see coffer ceremony verify for what is on the stick.");
        speech.result(new JsonWriter().put("state", "founded").put("fleet", fleet.value().hex()));
        yield ExitCode.OK;
      }
    };
  }
}
