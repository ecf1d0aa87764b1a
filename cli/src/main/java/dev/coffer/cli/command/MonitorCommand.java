package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.operator.PackageCheck;
import dev.coffer.evidence.Expectations;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.operator.LogMonitor;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.Webhook;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.trust.PolicyHistory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer audit monitor}. */
@CommandLine.Command(
    name = "monitor",
    description =
        "Watch the log: tells of new leaves and of a checkpoint that grows old; alarms at a fork (both "
            + "signed checkpoints are kept), a stale checkpoint, an unknown key, other evidence of a fleet than before"
            + " or none, a certificate of a device that ended or is listed as revoked, and ends with 8.")
final class MonitorCommand extends Command {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** A receiver that somebody silenced must not keep an alarm from ending the monitor. */
  private static final int ALARM_ROUNDS_MAX = 3;

  @Mixin private AuditCommand.WhichLog which = new AuditCommand.WhichLog();

  @Mixin private DirectoryOption directory = new DirectoryOption();

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
      description =
          "POST each alert there, as one line of JSON. What is not answered with a 2xx is posted again at "
              + "the next look.")
  private @Nullable URI webhook;

  @Option(
      names = "--evidence",
      paramLabel = "DIR",
      description =
          "Packages as coffer notary serve takes them: alarms for a fleet of the newest bundle whose package is not"
              + " there, or does not hold.")
  private @Nullable Path evidence;

  @Mixin private RevokedOption revoked = new RevokedOption();

  /** Alarms that the receiver does not have, by what they are about. */
  private final Map<String, LogMonitor.Alert> owed = new LinkedHashMap<>();

  MonitorCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
    PolicyHistory policies = which.policies(session());
    LogMonitor monitor = new LogMonitor(policies, directory.path(), watch(policies));
    try (Fetch fetch = new Fetch(DEADLINE)) {
      LogSource log = which.log(fetch, policies.newest());
      Optional<Webhook> receiver =
          webhook == null ? Optional.empty() : Optional.of(Webhook.at(fetch, webhook));
      int alarmRounds = 0;
      while (true) {
        LogMonitor.Look look = monitor.look(log, session().clock().instant().getEpochSecond());
        look.trouble().ifPresent(why -> warn("UNREACHABLE " + why));
        look.alerts().stream().filter(one -> one.kind().alarming()).forEach(this::owe);
        boolean alarm = !owed.isEmpty();
        boolean heard = tellAll(monitor, look, receiver);
        // Last, for packages are large and HSMs slow: nobody waits for them to hear of a fork.
        for (LogMonitor.Alert evidence : monitor.lookAtEvidence()) {
          alarm = true;
          owe(evidence);
          heard = tellOwed(monitor, evidence, receiver) && heard;
        }
        alarmRounds += alarm ? 1 : 0;
        // A fork or a foreign key does not go away: whoever runs this has to look.
        if (alarm && (once || heard || alarmRounds >= ALARM_ROUNDS_MAX)) {
          return ExitCode.UNTRUSTED;
        }
        if (once) {
          return finished(look, heard);
        }
        session().pause().await(Duration.ofSeconds(Math.max(1, every)));
      }
    }
  }

  private LogMonitor.EvidenceWatch watch(PolicyHistory policies) throws Failure {
    if (evidence == null) {
      if (revoked.given()) {
        throw new Failure(
            ExitCode.USAGE,
            "Lists of revoked certificates are about packages, and none are named.",
            "Name the directory with the packages with --evidence.");
      }
      return LogMonitor.EvidenceWatch.NONE;
    }
    PackageCheck packages =
        PackageCheck.of(evidence, policies.newest(), Optional.empty(), session().randomness());
    return new LogMonitor.EvidenceWatch() {
      @Override
      public List<String> troubles(Bundle newest) throws IOException {
        return packages.failures(newest);
      }

      @Override
      public List<String> certificates(Bundle newest) throws IOException {
        return ended(packages, newest);
      }
    };
  }

  /** By lists that are read at every look, for a vendor's grows while this runs. */
  private List<String> ended(PackageCheck packages, Bundle newest) {
    List<String> all = new ArrayList<>();
    List<Bytes> lists = List.of();
    try {
      lists = revoked.lists();
    } catch (IOException e) {
      // Whose certificates were revoked meanwhile is not known: somebody has to act on that, too.
      all.add("the lists of revoked certificates cannot be read: " + e.getMessage());
    }
    Instant now = session().clock().instant();
    all.addAll(packages.ended(newest, new Expectations.Today(now, lists)));
    return all;
  }

  private static ExitCode finished(LogMonitor.Look look, boolean heard)
      throws Failure, OperatorFailure {
    if (look.trouble().isPresent()) {
      throw new Failure(
          ExitCode.TRY_AGAIN, look.trouble().get(), "Look again: its age is an alarm by itself.");
    }
    return heard ? ExitCode.OK : ExitCode.TRY_AGAIN;
  }

  private void owe(LogMonitor.Alert alert) {
    owed.put(key(alert), alert);
  }

  private static String key(LogMonitor.Alert alert) {
    return alert.kind() + " " + alert.about();
  }

  private boolean tellOwed(LogMonitor monitor, LogMonitor.Alert alarm, Optional<Webhook> receiver)
      throws InterruptedException {
    boolean heard = tell(monitor, alarm, receiver);
    if (heard) {
      owed.remove(key(alarm));
    }
    return heard;
  }

  /** Whether the receiver has everything; alarms come first. */
  private boolean tellAll(LogMonitor monitor, LogMonitor.Look look, Optional<Webhook> receiver)
      throws InterruptedException {
    boolean heard = true;
    for (LogMonitor.Alert alarm : List.copyOf(owed.values())) {
      heard = tellOwed(monitor, alarm, receiver) && heard;
    }
    for (LogMonitor.Alert alert : look.alerts()) {
      // Leaves are told in their order: what was told is remembered as "up to here".
      if (!alert.kind().alarming() && heard) {
        heard = tell(monitor, alert, receiver);
      }
    }
    return heard;
  }

  private boolean tell(LogMonitor monitor, LogMonitor.Alert alert, Optional<Webhook> receiver)
      throws InterruptedException {
    String now = session().clock().instant().toString();
    JsonWriter line =
        new JsonWriter()
            .put("time", now)
            .put("alert", alert.kind().name())
            .put("alarm", alert.kind().alarming())
            .put("about", alert.about())
            .put("text", alert.text());
    speech().result(now + " " + alert.kind() + " " + alert.text());
    speech().result(line);
    if (receiver.isPresent() && !receiver.get().tell(line.toString())) {
      warn("UNHEARD The webhook did not take it; it is told again at the next look.");
      return false;
    }
    try {
      monitor.told(alert);
    } catch (IOException e) {
      warn("FORGETFUL That it was told cannot be written down; it may be told again.");
    }
    return true;
  }

  private void warn(String what) {
    speech().warn(session().clock().instant() + " " + what);
  }
}
