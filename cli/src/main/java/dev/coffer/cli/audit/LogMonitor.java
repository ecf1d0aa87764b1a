package dev.coffer.cli.audit;

import dev.coffer.cli.device.AtomicFile;
import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.log.Mirror;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.CosignedCheckpoint;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One look at a log by somebody who has looked before: what is new, and what is wrong. Keeps a
 * verified copy, so that a log that shows another history is caught with both signed checkpoints.
 */
public final class LogMonitor {
  private final TrustPolicy policy;
  private final Path directory;

  /** What there is to tell. */
  public enum Kind {
    /** A new bundle was logged. */
    NEW_LEAF,
    /** Two histories: both checkpoints are kept. */
    FORK,
    /** No quorum of witnesses has looked lately. */
    STALE,
    /** A leaf, or the checkpoint, is signed by a key that the policy does not name. */
    UNKNOWN_KEY,
    /** The log holds something that does not hold together. */
    BROKEN;

    /** Whether somebody has to act. */
    public boolean alarming() {
      return this != NEW_LEAF;
    }
  }

  /** One thing to tell, in a sentence. */
  public record Alert(Kind kind, String text) {}

  /**
   * @param directory of the verified copy and of {@code evidence}
   */
  public LogMonitor(TrustPolicy policy, Path directory) {
    this.policy = policy;
    this.directory = directory;
  }

  /**
   * Looks.
   *
   * @param now seconds since 1970
   * @throws IOException if the log could not be read: look again
   */
  public List<Alert> look(LogSource log, long now) throws IOException, InterruptedException {
    List<Alert> alerts = new ArrayList<>();
    try (Disk disk = DirectoryDisk.open(AtomicFile.directory(directory))) {
      Mirror mirror = new Mirror(disk, policy.log());
      long before = mirror.checkpoint().map(Checkpoint::size).orElse(0L);
      Bytes shown = log.checkpoint();
      try {
        CosignedCheckpoint cosigned = policy.log().check(Note.parse(shown));
        long age = now - cosigned.quorumTime().orElse(0);
        if (age > policy.maxAgeSoft()) {
          alerts.add(
              new Alert(
                  Kind.STALE, "No quorum of witnesses has looked for " + age / 3600 + " hours."));
        }
        Checkpoint head = mirror.update(log);
        judge(alerts, LogAudit.run(policy, mirror.files(), Optional.empty()), before);
        if (head.size() == before) {
          alerts.removeIf(alert -> alert.kind() == Kind.NEW_LEAF);
        }
      } catch (Refused e) {
        alerts.add(alert(e));
      }
    } catch (Refused e) {
      alerts.add(new Alert(Kind.BROKEN, "This monitor's own copy is damaged: " + e.what() + "."));
    }
    return alerts;
  }

  private static void judge(List<Alert> alerts, LogAudit.Report report, long before) {
    for (LogAudit.Epoch epoch : report.epochs()) {
      if (epoch.trouble().isPresent()) {
        boolean key = epoch.trouble().get().contains("known key");
        alerts.add(
            new Alert(
                key ? Kind.UNKNOWN_KEY : Kind.BROKEN,
                "Epoch " + epoch.number() + ": " + epoch.trouble().get() + "."));
      } else if (epoch.number() > before) {
        alerts.add(
            new Alert(
                Kind.NEW_LEAF,
                "Epoch " + epoch.number() + ": " + String.join("; ", epoch.delta().lines())));
      }
    }
  }

  private Alert alert(Refused e) {
    return switch (e.code()) {
      case BAD_PROOF ->
          new Alert(
              Kind.FORK,
              "The log shows another history than before; both signed checkpoints are in "
                  + directory.resolve("evidence")
                  + ".");
      case UNKNOWN_SIGNER, BAD_SIGNATURE ->
          new Alert(Kind.UNKNOWN_KEY, "The checkpoint is not signed by the log's key.");
      case NO_QUORUM -> new Alert(Kind.STALE, "Too few witnesses have cosigned the checkpoint.");
      case TOO_LARGE,
          MALFORMED,
          NOT_CANONICAL,
          BAD_TEXT,
          UNSUPPORTED,
          WRONG_ORIGIN,
          OUT_OF_SEQUENCE ->
          new Alert(Kind.BROKEN, "The log cannot be read as one: " + e.what() + ".");
    };
  }
}
