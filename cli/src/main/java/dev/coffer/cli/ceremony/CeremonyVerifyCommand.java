package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.ceremony.record.Verification.Check;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.terminal.Output;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.json.JsonWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer ceremony verify}. */
@CommandLine.Command(
    name = "verify",
    description = {
      "Check everything that a ceremony left behind: plan, messages, transcripts, the HSMs' and the people's"
          + " signatures, the fleet. Needs ssh-keygen, and nothing else of ours or anybody's.",
      "Exit codes: 0 all of it holds, 8 something does not."
    })
public final class CeremonyVerifyCommand extends Command {
  @Parameters(
      paramLabel = "DIR|FILE",
      description = "The folder that was published or carried; or any file in it.")
  private Path place = Path.of("");

  @Option(
      names = "--ssh-keygen",
      paramLabel = "PROGRAM",
      description = "The program that verifies signatures (default: ${DEFAULT-VALUE}).")
  private String program = "ssh-keygen";

  /** In {@code session}. */
  public CeremonyVerifyCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure {
    Path absolute = place.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path folder = Files.isDirectory(absolute) || parent == null ? absolute : parent;
    if (!Files.exists(absolute)) {
      throw new Failure(ExitCode.USAGE, place + " is not there.", "Name the ceremony's folder.");
    }
    return tell(speech(), Verification.of(new DirectoryFolder(folder), new SshKeygen(program)));
  }

  /** Says what holds and what does not. */
  static ExitCode tell(Output speech, Verification verification) {
    List<JsonWriter> checks = new ArrayList<>();
    for (Check check : verification.checks()) {
      boolean holds = check.objection().isEmpty();
      speech.result((holds ? "PASS  " : "FAIL  ") + check.claim());
      check.objection().ifPresent(why -> speech.result("      " + why));
      JsonWriter one = new JsonWriter().put("claim", check.claim()).put("holds", holds);
      check.objection().ifPresent(why -> one.put("why", why));
      checks.add(one);
    }
    verification.exceptions().forEach(exception -> speech.result("EXCEPTION  " + exception));
    Optional<Fleet> fleet = verification.fleet();
    if (fleet.isPresent()) {
      speech.result("fleet " + fleet.get().id().value().hex());
      if (fleet.get().hsms().stream().anyMatch(HsmIdentity::simulated)) {
        speech.warn("HSMs of this fleet say SIMULATED: it is for rehearsals alone.");
      }
    }
    JsonWriter line =
        new JsonWriter()
            .put("holds", verification.holds())
            .putAll("checks", checks)
            .putTexts("exceptions", verification.exceptions());
    fleet.ifPresent(known -> line.put("fleet", known.id().value().hex()));
    speech.result(line);
    return verification.holds() ? ExitCode.OK : ExitCode.UNTRUSTED;
  }
}
