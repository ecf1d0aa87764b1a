package dev.coffer.cli.command;

import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.evidence.Audit;
import dev.coffer.evidence.Expectations;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.evidence.site.EvidenceSite;
import dev.coffer.evidence.site.NotASite;
import dev.coffer.evidence.site.Publication;
import dev.coffer.evidence.site.PublishedFleet;
import dev.coffer.evidence.site.PublishedLog;
import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.log.LogFiles;
import dev.coffer.notary.operator.LogAudit;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.PolicyHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer evidence publish}. */
@CommandLine.Command(
    name = "publish",
    description = {
      "Write packages of evidence as web pages: plain files with relative links, "
          + "which any web server hands out and which"
          + " open from a folder, too. Each claim stands with the verdict of coffer audit fleet.",
      "A site that this command wrote is replaced; any other folder that is not empty is refused.",
      "Exit codes: 0 nothing failed, 8 the site was written and says what failed."
    })
final class EvidencePublishCommand extends Command {
  @Parameters(
      paramLabel = "DIR",
      description = "Where the site is: empty, not there yet, or a site of this command.")
  private Path to = Path.of("");

  @Mixin private PackageSources sources = new PackageSources();

  @Option(
      names = "--log",
      paramLabel = "DIR",
      description =
          "A copy of the log, as coffer log mirror keeps one (default: the log that the trust policy names, if it can"
              + " be reached).")
  private @Nullable Path log;

  @Option(
      names = "--ssh-keygen",
      paramLabel = "PROGRAM",
      description = "The program that verifies people's signatures (default: ${DEFAULT-VALUE}).")
  private String program = "ssh-keygen";

  EvidencePublishCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
    Instant at = session().clock().instant().truncatedTo(ChronoUnit.SECONDS);
    List<PublishedFleet> fleets = new ArrayList<>();
    Map<String, Path> from = new HashMap<>();
    List<Path> packages = sources.packages();
    if (packages.isEmpty()) {
      Path directory = sources.directory(session());
      sources.warnOfRehearsal(session(), speech());
      fleets.add(audited(directory, sources.expectations(session(), speech())));
      from.put(fleets.getLast().folder(), directory);
    }
    for (Path folder : packages) {
      fleets.add(audited(folder, sources.expectations(session(), speech())));
      if (from.put(fleets.getLast().folder(), folder) != null) {
        throw new Failure(
            ExitCode.USAGE,
            folder + " is about a fleet that another package is about, too.",
            "Publish one package for each fleet.");
      }
    }
    Optional<Expectations.Logged> logged = sources.expectedBundle(session());
    Publication publication = new Publication(fleets, published(), logged, at);
    int files;
    try {
      files = EvidenceSite.write(publication, to);
    } catch (NotASite e) {
      throw new Failure(
          ExitCode.USAGE,
          String.valueOf(e.getMessage()),
          "Nothing was written. Name another folder.");
    }
    tell(publication, from, files);
    return clean(publication) ? ExitCode.OK : ExitCode.UNTRUSTED;
  }

  private static boolean clean(Publication publication) {
    return publication.fleets().stream().allMatch(fleet -> fleet.count(Outcome.FAIL) == 0)
        && publication.log().map(PublishedLog::clean).orElse(true);
  }

  private PublishedFleet audited(Path folder, Expectations expected) throws Failure {
    try {
      return PublishedFleet.of(Audit.of(folder, new SshKeygen(program), expected));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.USAGE,
          folder + " is no package of evidence: " + e.getMessage() + ".",
          "Name one with --package; coffer evidence make writes it.");
    }
  }

  /** The log by the audit that coffer audit log runs. */
  private Optional<PublishedLog> published()
      throws Failure, OperatorFailure, IOException, InterruptedException {
    Optional<PolicyHistory> policies = sources.policies(session());
    if (policies.isEmpty()) {
      if (log != null) {
        throw new Failure(
            ExitCode.USAGE,
            "A log is checked under a trust policy.",
            "Name the one that apps start from with --policy.");
      }
      return Optional.empty();
    }
    try {
      Optional<LogAudit.Report> report =
          log == null ? walk() : Optional.of(copied(policies.get(), log));
      return report.isEmpty()
          ? Optional.empty()
          : Optional.of(published(policies.get(), report.get()));
    } catch (Refused e) {
      throw AuditCommand.broken(e);
    }
  }

  private Optional<LogAudit.Report> walk() throws OperatorFailure, InterruptedException, Refused {
    try {
      return sources.walk(session());
    } catch (IOException e) {
      speech().warn("The log cannot be read now, so it is not on the site: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static LogAudit.Report copied(PolicyHistory policies, Path log)
      throws OperatorFailure, IOException, InterruptedException, Refused {
    try (Disk disk = DirectoryDisk.reading(log.toAbsolutePath().normalize())) {
      return LogAudit.run(policies, new LogFiles(disk), Optional.empty());
    }
  }

  private static PublishedLog published(PolicyHistory policies, LogAudit.Report report)
      throws Refused {
    List<PublishedLog.Epoch> epochs = new ArrayList<>();
    for (LogAudit.Epoch epoch : report.epochs()) {
      Bytes leaf = report.walk().leaves().get(epochs.size());
      epochs.add(
          new PublishedLog.Epoch(
              epoch.number(),
              leaf,
              epoch.digest(),
              opened(epoch, leaf, policies),
              epoch.leaf().why(),
              epoch.delta().lines()));
    }
    return new PublishedLog(
        policies.newest().namespace().value(),
        report.walk().note().encode(),
        policies.notesUpTo(policies.newest().version()),
        Instant.ofEpochSecond(report.walk().cosigned().quorumTime().orElse(0)),
        epochs);
  }

  private static Optional<Bundle> opened(LogAudit.Epoch epoch, Bytes leaf, PolicyHistory policies)
      throws Refused {
    return epoch.clean() ? Optional.of(BundleNote.open(leaf, policies).bundle()) : Optional.empty();
  }

  private void tell(Publication publication, Map<String, Path> from, int files) {
    List<JsonWriter> fleets = new ArrayList<>();
    for (PublishedFleet fleet : publication.fleets()) {
      int passed = fleet.count(Outcome.PASS);
      int failed = fleet.count(Outcome.FAIL);
      int skipped = fleet.count(Outcome.SKIP);
      speech()
          .result(
              "%s: %d claims passed, %d failed, %d skipped%s."
                  .formatted(
                      fleet.folder(),
                      passed,
                      failed,
                      skipped,
                      fleet.simulated() ? ", SIMULATED" : ""));
      fleets.add(
          new JsonWriter()
              .put("folder", fleet.folder())
              .put("directory", String.valueOf(from.get(fleet.folder())))
              .put("simulated", fleet.simulated())
              .put("passed", passed)
              .put("failed", failed)
              .put("skipped", skipped));
    }
    speech().result("The site in " + to + " has " + files + " files.");
    speech().say("Open " + to.resolve("index.html") + ", or put the folder on any web server.");
    JsonWriter line =
        new JsonWriter()
            .put("clean", clean(publication))
            .put("simulated", publication.simulated())
            .put("directory", to.toString())
            .put("files", files)
            .putAll("fleets", fleets);
    publication.log().ifPresent(published -> line.put("epochs", published.epochs().size()));
    speech().result(line);
    if (publication.simulated()) {
      speech().warn("HSMs on this site say SIMULATED: it is for rehearsals alone.");
    }
  }
}
