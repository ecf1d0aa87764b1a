package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Times;
import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.log.LogFiles;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.operator.LogAudit;
import dev.coffer.notary.operator.NotaryAudits;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.notary.operator.Webhook;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer audit}: what anyone can check of a vault, without being anyone. */
@CommandLine.Command(
    name = "audit",
    description =
        "Check the evidence of a fleet, or a vault's public log: walk every epoch, or watch it.",
    subcommands = {AuditFleetCommand.class, AuditCommand.WalkLog.class, MonitorCommand.class})
final class AuditCommand extends CommandGroup {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int TRIES = 10;

  /** Which log. */
  static final class WhichLog {
    @Mixin private HomeOption where = new HomeOption();

    @Option(
        names = "--policy",
        paramLabel = "FILE",
        description = "The trust policy with its roots' signatures (default: the home's).")
    private @Nullable Path policy;

    @Mixin private LogOption log = new LogOption();

    PolicyHistory policies(Session session) throws Failure, OperatorFailure, IOException {
      return policy == null
          ? new VaultHome(where.home(session)).policies()
          : OperatorPolicies.history(policy);
    }

    LogSource log(Fetch fetch, TrustPolicy trusted) throws OperatorFailure {
      return log.open(fetch, trusted);
    }

    Path home(Session session) {
      return where.home(session);
    }
  }

  static Failure broken(Refused e) {
    return new Failure(
        ExitCode.UNTRUSTED,
        "The log is not what its checkpoint promises: " + e.what() + ".",
        "Keep what it shows, and tell everyone.");
  }

  /** Every epoch, with what came and went; for programs, too. */
  static List<JsonWriter> tell(Output speech, LogAudit.Report report) {
    List<JsonWriter> epochs = new ArrayList<>();
    for (LogAudit.Epoch epoch : report.epochs()) {
      String digest = epoch.digest().hex();
      speech.result(line(epoch.leaf(), "epoch " + epoch.number() + " sha256:" + digest));
      speech.result("  " + line(epoch.second(), "second source"));
      epoch.delta().lines().forEach(line -> speech.result("  " + line));
      epochs.add(
          new JsonWriter()
              .put("epoch", epoch.number())
              .put("digest", digest)
              .put("passed", epoch.clean())
              .put("leaf", epoch.leaf().outcome().name())
              .put("second", epoch.second().outcome().name())
              .put("trouble", trouble(epoch))
              .putTexts("delta", epoch.delta().lines()));
    }
    return epochs;
  }

  private static String line(LogAudit.Check check, String what) {
    return check.outcome() + " " + what + (check.why().isEmpty() ? "" : ": " + check.why());
  }

  private static String trouble(LogAudit.Epoch epoch) {
    return epoch.leaf().why().isEmpty() ? epoch.second().why() : epoch.leaf().why();
  }

  /** {@code coffer audit log}. */
  @CommandLine.Command(
      name = "log",
      description =
          "Walk all epochs of the log, verify each from two sources, and print which keys came and went.")
  static final class WalkLog extends Command {
    @Mixin private WhichLog which = new WhichLog();

    @Option(
        names = "--notary",
        paramLabel = "URL",
        description = "The second source: the notary's audits (default: the home's notary).")
    private @Nullable URI notary;

    @Option(
        names = "--mirror",
        paramLabel = "DIR",
        description = "The second source: a copy made by coffer log mirror.")
    private @Nullable Path mirror;

    @Option(
        names = "--audit-key",
        paramLabel = "VERIFIER",
        description =
            "The public key of the notary's audits, as name+hex+base64 (default: the home's). Without it "
                + "the notary's word is skipped.")
    private @Nullable String auditKey;

    WalkLog(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      PolicyHistory policies = which.policies(session());
      TrustPolicy policy = policies.newest();
      try (Fetch fetch = new Fetch(DEADLINE)) {
        LogAudit.SecondSource second = patient(second(fetch, policy));
        LogAudit.Report report =
            LogAudit.run(policies, which.log(fetch, policy), Optional.of(second));
        tell(report);
        return report.clean() ? ExitCode.OK : ExitCode.UNTRUSTED;
      } catch (Refused e) {
        throw broken(e);
      }
    }

    /** A notary audits a leaf some seconds after it was logged. */
    private LogAudit.SecondSource patient(LogAudit.SecondSource hasty) {
      int[] left = {TRIES};
      return (epoch, digest, today) -> {
        Optional<LogAudit.Check> check = hasty.check(epoch, digest, today);
        while (check.isEmpty() && today && left[0]-- > 0) {
          session().pause().await(PAUSE);
          check = hasty.check(epoch, digest, today);
        }
        return check;
      };
    }

    private LogAudit.SecondSource second(Fetch fetch, TrustPolicy policy)
        throws Failure, OperatorFailure, IOException, Refused {
      if (mirror != null) {
        try (Disk disk = DirectoryDisk.reading(mirror.toAbsolutePath().normalize())) {
          return LogAudit.mirror(policy, new LogFiles(disk));
        }
      }
      return new NotaryAudits(fetch, notaryAddress(), policy.namespace(), auditKey());
    }

    private URI notaryAddress() throws Failure, OperatorFailure, IOException {
      if (notary != null) {
        return Webhook.checked(notary, "--notary");
      }
      TrustHome trust = new VaultHome(which.home(session())).trust();
      if (!Files.isRegularFile(trust.notaryAddress())) {
        throw new Failure(
            ExitCode.USAGE,
            "An audit needs a second source.",
            "Name the notary with --notary URL, or a copy of the log with --mirror DIR.");
      }
      return trust.readNotaryAddress();
    }

    /** Only whoever founded the vault, or was told by the notary itself, knows it. */
    private Optional<VerifierKey> auditKey() throws Failure, OperatorFailure, IOException {
      Path known = new VaultHome(which.home(session())).trust().auditKey();
      String text = auditKey;
      if (text == null && Files.isRegularFile(known)) {
        text = Files.readString(known, StandardCharsets.US_ASCII).strip();
      }
      if (text == null) {
        return Optional.empty();
      }
      try {
        return Optional.of(VerifierKey.parse(text));
      } catch (Refused e) {
        throw new Failure(
            ExitCode.USAGE,
            "The audit key is no public key.",
            "Write it as name+hex+base64 with --audit-key; the notary tells it.");
      }
    }

    private void tell(LogAudit.Report report) {
      List<JsonWriter> epochs = AuditCommand.tell(speech(), report);
      long size = report.walk().cosigned().checkpoint().size();
      speech()
          .result(
              Sizes.count(size, "epoch")
                  + " under a checkpoint that a quorum of witnesses cosigned at "
                  + Times.local(
                      Instant.ofEpochSecond(report.walk().cosigned().quorumTime().orElse(0)))
                  + ".");
      speech().result(new JsonWriter().put("clean", report.clean()).putAll("epochs", epochs));
    }
  }
}
