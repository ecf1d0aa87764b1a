package dev.coffer.notary.operator;

import dev.coffer.files.AtomicFile;
import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.log.Mirror;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Looks at a log again and again: what is new, and what is wrong. Keeps a verified copy, so that a
 * log that shows another history is caught with both signed checkpoints. Not thread-safe.
 *
 * <p><b>Guaranteed:</b> a new leaf, a fork and a checkpoint that grows old are reported by every
 * look until {@link #told} was called for them, across crashes. Everything else is reported as long
 * as it lasts. A log that cannot be read is reported as stale once its last good checkpoint is.
 */
public final class LogMonitor {
  /** How far in front of this machine's clock a witness's may be. */
  private static final long CLOCK_SECONDS = 300;

  private final PolicyHistory policies;
  private final TrustPolicy policy;
  private final Path directory;
  private final EvidenceWatch evidence;
  private Optional<AlertProgress> told = Optional.empty();
  private OptionalLong good = OptionalLong.empty();
  private Optional<Bundle> newest = Optional.empty();

  /** What there is to tell. */
  public enum Kind {
    /** A new bundle was logged. */
    NEW_LEAF,
    /** No quorum of witnesses has looked for some time: clients say so, and go on. */
    AGING,
    /** Two histories: both checkpoints are kept. */
    FORK,
    /** No quorum of witnesses has looked lately, or the log cannot be read: clients stop. */
    STALE,
    /** A leaf, or the checkpoint, is signed by a key that the policy does not name. */
    UNKNOWN_KEY,
    /** Of a fleet that clients are told to use there is no evidence that holds. */
    NO_EVIDENCE,
    /** Clients are told of other evidence of a fleet than before. */
    EVIDENCE_CHANGED,
    /** A certificate of a device of such a fleet has ended, or is revoked. */
    CERTIFICATE_ENDED,
    /** The log holds something that does not hold together. */
    BROKEN;

    /** Whether somebody has to act. */
    public boolean alarming() {
      return this != NEW_LEAF && this != AGING;
    }
  }

  /**
   * One thing to tell.
   *
   * @param text in a sentence
   * @param about an epoch, a time in seconds since 1970, or a folder; empty if it is about the log
   */
  public record Alert(Kind kind, String text, String about) {}

  /**
   * What one look showed.
   *
   * @param trouble why it could not see everything, which looking again may cure
   */
  public record Look(List<Alert> alerts, Optional<String> trouble) {
    public Look {
      alerts = List.copyOf(alerts);
    }
  }

  /** Looks at the evidence of the fleets that a bundle lists. */
  @FunctionalInterface
  public interface EvidenceWatch {
    /** Nobody gave this monitor any. */
    EvidenceWatch NONE = bundle -> List.of();

    /**
     * What is wrong with it, a sentence each.
     *
     * @throws IOException if that cannot be told now
     */
    List<String> troubles(Bundle newest) throws IOException;

    /** Which certificates of devices do not count now, a sentence each. */
    default List<String> certificates(Bundle newest) throws IOException {
      return List.of();
    }
  }

  /**
   * @param directory of the verified copy, of {@code evidence}, and of what was told
   */
  public LogMonitor(PolicyHistory policies, Path directory, EvidenceWatch evidence) {
    this.evidence = evidence;
    this.policies = policies;
    this.policy = policies.newest();
    this.directory = directory;
  }

  /**
   * Looks at the log; {@link #lookAtEvidence} comes after it.
   *
   * @param now seconds since 1970
   */
  public Look look(LogSource log, long now) throws InterruptedException {
    List<Alert> alerts = new ArrayList<>();
    Optional<String> trouble;
    newest = Optional.empty();
    try (Disk disk = DirectoryDisk.open(AtomicFile.privateFolder(directory))) {
      if (told.isEmpty()) {
        told = AlertProgress.read(directory);
      }
      if (told.isEmpty()) {
        told = Optional.of(AlertProgress.nothing(now));
        told.get().write(directory);
      }
      Mirror mirror = new Mirror(disk, policy.log());
      trouble = compare(alerts, mirror, log);
      untoldForks(alerts, mirror);
      judge(alerts, mirror);
      OptionalLong time = mirror.quorumTime();
      good = time.isPresent() ? time : good;
    } catch (IOException e) {
      trouble = Optional.of("This monitor's own directory cannot be used.");
    }
    if (told.isEmpty()) {
      told = Optional.of(AlertProgress.nothing(now));
    }
    age(alerts, told.get(), now);
    return new Look(alerts, trouble);
  }

  private Optional<String> compare(List<Alert> alerts, Mirror mirror, LogSource log) {
    try {
      switch (mirror.look(log)) {
        case Mirror.Sight.Copied copied -> {}
        case Mirror.Sight.Older older -> {}
        case Mirror.Sight.Fork fork -> alerts.add(fork(fork.evidence()));
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("The log cannot be read, or not be copied.");
    } catch (Refused e) {
      if (e.code() == RefusalCode.NO_QUORUM) {
        return Optional.of("Too few witnesses have cosigned the newest checkpoint so far.");
      }
      alerts.add(alert(e));
      return Optional.empty();
    }
  }

  private Alert fork(String evidence) {
    String where = directory.resolve(evidence).toString();
    return new Alert(
        Kind.FORK,
        "The log shows another history than before; both signed checkpoints are in " + where + ".",
        evidence);
  }

  /** Of forks that were seen, and not told because of a crash or a silent receiver. */
  private void untoldForks(List<Alert> alerts, Mirror mirror) throws IOException {
    for (String evidence : mirror.forks()) {
      boolean again = alerts.contains(fork(evidence));
      if (!again && !told.orElseThrow().forks().contains(evidence)) {
        alerts.add(fork(evidence));
      }
    }
  }

  private void judge(List<Alert> alerts, Mirror mirror) throws IOException, InterruptedException {
    try {
      Optional<Checkpoint> copied = mirror.checkpoint();
      if (copied.isEmpty()) {
        return;
      }
      LogAudit.Report report = LogAudit.run(policies, mirror.files(), Optional.empty());
      for (LogAudit.Epoch epoch : report.epochs()) {
        String number = Long.toString(epoch.number());
        if (epoch.leaf().outcome() != LogAudit.Outcome.PASS) {
          Kind kind = epoch.unknownKey() ? Kind.UNKNOWN_KEY : Kind.BROKEN;
          alerts.add(new Alert(kind, "Epoch " + number + ": " + epoch.leaf().why() + ".", number));
        } else if (epoch.number() > told.orElseThrow().leaves()) {
          String delta = String.join("; ", epoch.delta().lines());
          alerts.add(new Alert(Kind.NEW_LEAF, "Epoch " + number + ": " + delta, number));
          String fleets = String.join(", ", epoch.delta().otherEvidence());
          if (!fleets.isEmpty()) {
            String what = "Epoch " + number + " names other evidence of fleet " + fleets + ".";
            alerts.add(new Alert(Kind.EVIDENCE_CHANGED, what, number));
          }
        }
      }
      if (!report.epochs().isEmpty() && report.epochs().getLast().clean()) {
        newest = Optional.of(BundleNote.open(report.walk().leaves().getLast(), policies).bundle());
      }
    } catch (Refused e) {
      // Other witnesses than those who cosigned the copy may count today: its age tells.
      if (e.code() != RefusalCode.NO_QUORUM) {
        alerts.add(
            new Alert(
                Kind.BROKEN, "This monitor's own copy is damaged: " + e.what() + ".", "copy"));
      }
    }
  }

  /**
   * Looks at the evidence of the fleets in the newest bundle that the last look has found in order.
   * Packages are large and HSMs slow: whoever watches a log tells first what the look itself
   * showed.
   */
  public List<Alert> lookAtEvidence() {
    List<Alert> alerts = new ArrayList<>();
    if (newest.isPresent()) {
      look(alerts, Kind.NO_EVIDENCE, evidence::troubles);
      look(alerts, Kind.CERTIFICATE_ENDED, evidence::certificates);
    }
    return alerts;
  }

  private void look(List<Alert> alerts, Kind kind, EvidenceWatch watch) {
    Bundle bundle = newest.orElseThrow();
    String troubles;
    try {
      troubles = String.join("; ", watch.troubles(bundle));
    } catch (IOException e) {
      // That nobody can look is one alarm, whatever was looked for.
      troubles =
          kind == Kind.NO_EVIDENCE ? "The evidence cannot be looked at: " + e.getMessage() : "";
    }
    if (!troubles.isEmpty()) {
      alerts.add(new Alert(kind, troubles, Long.toString(bundle.epoch())));
    }
  }

  /** However the log keeps from being read, its last good checkpoint grows old. */
  private void age(List<Alert> alerts, AlertProgress mark, long now) {
    long since = good.orElse(mark.since());
    long age = now - since;
    String hours = Duration.ofSeconds(age).toHours() + " hours.";
    if (age < -CLOCK_SECONDS) {
      alerts.add(
          new Alert(Kind.BROKEN, "The witnesses' cosignatures are dated in the future.", "future"));
    } else if (age > policy.maxAgeHard()) {
      alerts.add(
          new Alert(
              Kind.STALE,
              "No checkpoint that a quorum of witnesses cosigned is younger than " + hours,
              ""));
    } else if (age > policy.maxAgeSoft() && mark.aging() != since) {
      alerts.add(
          new Alert(
              Kind.AGING,
              "The newest checkpoint that a quorum of witnesses cosigned is older than " + hours,
              Long.toString(since)));
    }
  }

  private static Alert alert(Refused e) {
    return switch (e.code()) {
      case BAD_PROOF ->
          new Alert(
              Kind.BROKEN,
              "The log's files are not those of its checkpoint: " + e.what() + ".",
              "");
      case UNKNOWN_SIGNER, BAD_SIGNATURE ->
          new Alert(
              Kind.UNKNOWN_KEY,
              "The checkpoint is not signed by the keys that the policy names.",
              "");
      case NO_QUORUM,
          TOO_LARGE,
          MALFORMED,
          NOT_CANONICAL,
          BAD_TEXT,
          UNSUPPORTED,
          WRONG_ORIGIN,
          OUT_OF_SEQUENCE ->
          new Alert(Kind.BROKEN, "The log cannot be read as one: " + e.what() + ".", "");
    };
  }

  /**
   * Remembers that somebody has this alert now.
   *
   * @throws IOException if that may not be durable: it may be told again
   */
  public void told(Alert alert) throws IOException {
    AlertProgress before = told.orElseThrow();
    AlertProgress after =
        switch (alert.kind()) {
          case NEW_LEAF -> before.withLeaves(Long.parseLong(alert.about()));
          case AGING -> before.withAging(Long.parseLong(alert.about()));
          case FORK -> before.withFork(alert.about());
          case STALE, UNKNOWN_KEY, NO_EVIDENCE, EVIDENCE_CHANGED, CERTIFICATE_ENDED, BROKEN ->
              before;
        };
    if (!after.equals(before)) {
      told = Optional.of(after);
      after.write(directory);
    }
  }
}
