package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.audit.LogAudit;
import dev.coffer.cli.audit.LogMonitor;
import dev.coffer.cli.terminal.Json;
import dev.coffer.cli.trust.Publisher;
import dev.coffer.cli.trust.VaultHome;
import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.log.LogFiles;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    description = "Check a vault's public log: walk every epoch, or watch it.",
    subcommands = {AuditCommand.WalkLog.class, AuditCommand.Monitor.class})
final class AuditCommand extends CommandGroup {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int TRIES = 10;

  /** Which log. */
  private static final class WhichLog {
    @Mixin private HomeOption where = new HomeOption();

    @Option(
        names = "--policy",
        paramLabel = "FILE",
        description = "The trust policy with its roots' signatures (default: the home's).")
    private @Nullable Path policy;

    @Option(
        names = "--log",
        paramLabel = "URL",
        description = "Where the log is (default: as the policy says).")
    private @Nullable URI log;

    TrustPolicy policy(Session session) throws Failure, IOException {
      return policy == null
          ? new VaultHome(where.home(session)).policy()
          : VaultHome.policy(policy);
    }

    LogSource log(Fetch fetch, TrustPolicy trusted) throws Failure {
      return new RemoteLog(fetch, log == null ? Publisher.logAddress(trusted) : log);
    }

    Path home(Session session) {
      return where.home(session);
    }
  }

  private static Failure broken(Refused e) {
    return new Failure(
        ExitCode.UNTRUSTED,
        "The log is not what its checkpoint promises: " + e.what() + ".",
        "Keep what it shows, and tell everyone.");
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

    WalkLog(Session session) {
      super(session);
    }

    @Override
    ExitCode run() throws Failure, IOException, InterruptedException {
      TrustPolicy policy = which.policy(session());
      try (Fetch fetch = new Fetch(DEADLINE)) {
        LogAudit.SecondSource second = patient(second(fetch, policy));
        LogAudit.Report report =
            LogAudit.run(policy, which.log(fetch, policy), Optional.of(second));
        tell(report);
        return report.clean() ? ExitCode.OK : ExitCode.UNTRUSTED;
      } catch (Refused e) {
        throw broken(e);
      }
    }

    /** A notary audits a leaf some seconds after it was logged. */
    private LogAudit.SecondSource patient(LogAudit.SecondSource hasty) {
      int[] left = {TRIES};
      return epoch -> {
        Optional<Bytes> digest = hasty.digest(epoch);
        while (digest.isEmpty() && left[0]-- > 0) {
          session().pause().await(PAUSE);
          digest = hasty.digest(epoch);
        }
        return digest;
      };
    }

    private LogAudit.SecondSource second(Fetch fetch, TrustPolicy policy)
        throws Failure, IOException, Refused {
      if (mirror != null) {
        try (Disk disk = DirectoryDisk.reading(mirror.toAbsolutePath().normalize())) {
          return LogAudit.mirror(policy, new LogFiles(disk));
        }
      }
      if (notary != null) {
        return LogAudit.notary(policy, fetch, notary);
      }
      Path told = new VaultHome(which.home(session())).trust().notaryAddress();
      if (!Files.isRegularFile(told)) {
        throw new Failure(
            ExitCode.USAGE,
            "An audit needs a second source.",
            "Name the notary with --notary URL, or a copy of the log with --mirror DIR.");
      }
      URI address = URI.create(Files.readString(told, StandardCharsets.US_ASCII).strip());
      return LogAudit.notary(policy, fetch, address);
    }

    private void tell(LogAudit.Report report) {
      List<Json> epochs = new ArrayList<>();
      for (LogAudit.Epoch epoch : report.epochs()) {
        speech()
            .result(
                (epoch.trouble().isEmpty() ? "PASS" : "FAIL")
                    + " epoch "
                    + epoch.number()
                    + " sha256:"
                    + epoch.digest().hex()
                    + epoch.trouble().map(why -> ": " + why).orElse(""));
        epoch.delta().lines().forEach(line -> speech().result("  " + line));
        epochs.add(
            new Json()
                .put("epoch", epoch.number())
                .put("digest", epoch.digest().hex())
                .put("passed", epoch.trouble().isEmpty())
                .put("trouble", epoch.trouble().orElse(""))
                .putTexts("delta", epoch.delta().lines()));
      }
      long size = report.walk().cosigned().checkpoint().size();
      speech()
          .result(
              size
                  + " epochs under a checkpoint that a quorum of witnesses cosigned at "
                  + java.time.Instant.ofEpochSecond(report.walk().cosigned().quorumTime().orElse(0))
                  + ".");
      speech().result(new Json().put("clean", report.clean()).putAll("epochs", epochs));
    }
  }

  /** {@code coffer audit monitor}. */
  @CommandLine.Command(
      name = "monitor",
      description =
          "Watch the log: tells of new leaves; alarms at a fork (both signed checkpoints are kept), a stale"
              + " checkpoint, an unknown key.")
  static final class Monitor extends Command {
    @Mixin private WhichLog which = new WhichLog();

    @Option(
        names = "--dir",
        required = true,
        paramLabel = "DIR",
        description = "Where it keeps its copy of the log, and evidence.")
    private Path directory = Path.of("");

    @Option(
        names = "--every",
        paramLabel = "SECONDS",
        defaultValue = "300",
        description = "How often to look (default ${DEFAULT-VALUE}).")
    private long every = 300;

    @Option(names = "--once", description = "Look once; the exit code tells: 8 for an alarm.")
    private boolean once;

    @Option(
        names = "--webhook",
        paramLabel = "URL",
        description = "POST each alert there, as one line of JSON.")
    private @Nullable URI webhook;

    Monitor(Session session) {
      super(session);
    }

    @Override
    ExitCode run() throws Failure, IOException, InterruptedException {
      TrustPolicy policy = which.policy(session());
      LogMonitor monitor = new LogMonitor(policy, directory.toAbsolutePath().normalize());
      try (Fetch fetch = new Fetch(DEADLINE)) {
        LogSource log = which.log(fetch, policy);
        while (true) {
          boolean alarm = look(monitor, log, fetch);
          // A fork or a foreign key does not go away: whoever runs this has to look.
          if (once || alarm) {
            return alarm ? ExitCode.UNTRUSTED : ExitCode.OK;
          }
          session().pause().await(Duration.ofSeconds(Math.max(1, every)));
        }
      }
    }

    private boolean look(LogMonitor monitor, LogSource log, Fetch fetch)
        throws IOException, InterruptedException {
      boolean alarm = false;
      List<LogMonitor.Alert> alerts;
      try {
        alerts = monitor.look(log, session().clock().instant().getEpochSecond());
      } catch (IOException e) {
        if (once) {
          throw e;
        }
        speech().warn(session().clock().instant() + " UNREACHABLE The log cannot be read.");
        return false;
      }
      for (LogMonitor.Alert alert : alerts) {
        alarm |= alert.kind().alarming();
        Json line =
            new Json()
                .put("time", session().clock().instant().toString())
                .put("alert", alert.kind().name())
                .put("alarm", alert.kind().alarming())
                .put("text", alert.text());
        speech().result(session().clock().instant() + " " + alert.kind() + " " + alert.text());
        speech().result(line);
        tell(fetch, line);
      }
      return alarm;
    }

    private void tell(Fetch fetch, Json line) throws InterruptedException {
      if (webhook == null) {
        return;
      }
      try {
        Bytes body = Utf8.encode(line + "\n");
        fetch.post(webhook, body, 64 << 10);
      } catch (IOException e) {
        speech().warn("The webhook could not be told.");
      }
    }
  }
}
