package dev.coffer.cli.audit;

import dev.coffer.cli.trust.LogWalk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.log.LogSource;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Walks all epochs of a log. Each is verified from two sources: the log's leaf, proved under a
 * cosigned checkpoint and signed by operator and notary, and what a second source says of the same
 * epoch: the notary's signed audit, or a mirror's leaf.
 */
public final class LogAudit {
  private static final int ANSWER_MAX = 64 << 10;
  private static final Pattern DIGEST = Pattern.compile("\"digest\":\"([0-9a-f]{64})\"");

  /** Another party that has seen every epoch. */
  @FunctionalInterface
  public interface SecondSource {
    /** SHA-256 of the {@code fleet.note} of an epoch; empty if it does not know. */
    Optional<Bytes> digest(long epoch) throws IOException, InterruptedException;
  }

  /**
   * One epoch.
   *
   * @param digest SHA-256 of {@code fleet.note}
   * @param trouble what is wrong with it; empty if nothing is
   */
  public record Epoch(long number, Bytes digest, KeyDelta delta, Optional<String> trouble) {}

  /** All of them. */
  public record Report(LogWalk walk, List<Epoch> epochs) {
    public Report {
      epochs = List.copyOf(epochs);
    }

    /** Whether every epoch holds. */
    public boolean clean() {
      return epochs.stream().allMatch(epoch -> epoch.trouble().isEmpty());
    }
  }

  private LogAudit() {}

  /**
   * Walks the log.
   *
   * @throws Refused if the log is not what its checkpoint promises: nothing of it counts then
   */
  public static Report run(TrustPolicy policy, LogSource log, Optional<SecondSource> second)
      throws IOException, InterruptedException, Refused {
    LogWalk walk = LogWalk.of(log, policy.log());
    Lineage lineage = Lineage.EMPTY;
    List<Epoch> epochs = new ArrayList<>();
    for (Bytes leaf : walk.leaves()) {
      long number = epochs.size() + 1L;
      Bytes digest = BundleNote.prevHash(leaf);
      try {
        Bundle bundle = BundleNote.open(leaf, policy.operator(), policy.notary());
        KeyDelta delta = lineage.delta(bundle);
        lineage = lineage.extend(policy.namespace(), policy.announce(), bundle, leaf);
        epochs.add(new Epoch(number, digest, delta, compared(second, number, digest)));
      } catch (Refused e) {
        KeyDelta none = new KeyDelta(List.of());
        epochs.add(new Epoch(number, digest, none, Optional.of(e.what())));
      }
    }
    return new Report(walk, epochs);
  }

  private static Optional<String> compared(Optional<SecondSource> second, long number, Bytes digest)
      throws IOException, InterruptedException {
    if (second.isEmpty()) {
      return Optional.empty();
    }
    Optional<Bytes> theirs = second.get().digest(number);
    if (theirs.isEmpty()) {
      return Optional.of("the second source does not know it");
    }
    return theirs.get().equals(digest)
        ? Optional.empty()
        : Optional.of("the second source has another one");
  }

  /** A verified copy of the log. */
  public static SecondSource mirror(TrustPolicy policy, LogSource copy)
      throws IOException, Refused {
    List<Bytes> leaves = LogWalk.of(copy, policy.log()).leaves();
    return epoch ->
        epoch <= leaves.size()
            ? Optional.of(BundleNote.prevHash(leaves.get((int) epoch - 1)))
            : Optional.empty();
  }

  /** The notary's audits, as Plexi's clients read them. */
  public static SecondSource notary(TrustPolicy policy, Fetch fetch, URI address) {
    return epoch -> {
      URI audit = URI.create(address + "/namespaces/" + policy.namespace() + "/audits/" + epoch);
      Fetch.Reply reply = fetch.get(audit, ANSWER_MAX);
      if (reply.status() != 200) {
        return Optional.empty();
      }
      try {
        Matcher digest = DIGEST.matcher(Utf8.decode(reply.body(), "audit"));
        return digest.find() ? Optional.of(Bytes.fromHex(digest.group(1))) : Optional.empty();
      } catch (Refused e) {
        return Optional.empty();
      }
    };
  }
}
