package dev.coffer.cli.command;

import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.evidence.Audit;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.notary.operator.LogAudit;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer audit fleet}. */
@CommandLine.Command(
    name = "fleet",
    description = {
      "Check the evidence of a fleet, claim by claim: PASS, FAIL, or SKIP with what it would take to check it; then"
          + " which keys came and went in each epoch of the log, if it can be reached.",
      "Exit codes: 0 nothing failed, 8 something did. What was skipped is not known to hold."
    })
final class AuditFleetCommand extends Command {
  @Mixin private AuditSources sources = new AuditSources();

  @Option(
      names = "--ssh-keygen",
      paramLabel = "PROGRAM",
      description = "The program that verifies people's signatures (default: ${DEFAULT-VALUE}).")
  private String program = "ssh-keygen";

  AuditFleetCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
    Path directory = sources.directory(session());
    speech().say("Evidence in " + directory + ":");
    sources.warnOfRehearsal(session(), speech());
    Audit audit =
        Audit.of(directory, new SshKeygen(program), sources.expectations(session(), speech()));
    List<JsonWriter> claims = tellClaims(audit);
    Optional<LogAudit.Report> log = walk();
    boolean clean = audit.clean() && log.map(LogAudit.Report::clean).orElse(true);
    JsonWriter line =
        new JsonWriter()
            .put("clean", clean)
            .put("directory", directory.toString())
            .put("simulated", simulated(audit))
            .put("passed", audit.with(Outcome.PASS).size())
            .put("failed", audit.with(Outcome.FAIL).size())
            .put("skipped", audit.with(Outcome.SKIP).size())
            .putAll("claims", claims);
    audit.fleet().ifPresent(found -> line.put("fleet", found.id().value().hex()));
    log.ifPresent(walked -> line.putAll("epochs", AuditCommand.tell(speech(), walked)));
    speech()
        .result(
            "%d claims passed, %d failed, %d skipped."
                .formatted(
                    audit.with(Outcome.PASS).size(),
                    audit.with(Outcome.FAIL).size(),
                    audit.with(Outcome.SKIP).size()));
    speech().result(line);
    if (simulated(audit)) {
      speech().warn("HSMs of this fleet say SIMULATED: it is for rehearsals alone.");
    }
    return clean ? ExitCode.OK : ExitCode.UNTRUSTED;
  }

  private static boolean simulated(Audit audit) {
    return audit.fleet().stream().flatMap(f -> f.hsms().stream()).anyMatch(HsmIdentity::simulated);
  }

  private Optional<LogAudit.Report> walk() throws Failure, OperatorFailure, InterruptedException {
    try {
      return sources.walk(session());
    } catch (Refused e) {
      throw AuditCommand.broken(e);
    } catch (IOException e) {
      speech().warn("The log cannot be read now, so no epoch was looked at: " + e.getMessage());
      return Optional.empty();
    }
  }

  private List<JsonWriter> tellClaims(Audit audit) {
    List<JsonWriter> claims = new ArrayList<>();
    audit
        .findings()
        .forEach((claim, finding) -> {
          speech()
              .result(
                  "%s  %s: %s (%s)"
                      .formatted(finding.outcome(), claim.word(), claim.says(), finding.why()));
          claims.add(
              new JsonWriter()
                  .put("claim", claim.word())
                  .put("says", claim.says())
                  .put("outcome", finding.outcome().name())
                  .put("why", finding.why()));
        });
    return claims;
  }
}
