package dev.coffer.notary.operator;

import dev.coffer.notary.log.LogSource;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks all epochs of a log. Each is verified from two sources: the log's leaf, proved under a
 * cosigned checkpoint and signed by operator and notary, and what a second source says of the same
 * epoch: the notary's signed audit, or a mirror's leaf.
 */
public final class LogAudit {
  /** How a check ended. */
  public enum Outcome {
    /** It holds. */
    PASS,
    /** It does not. */
    FAIL,
    /** Nothing was checked. */
    SKIP
  }

  /**
   * One check.
   *
   * @param why it did not pass; empty if it did
   */
  public record Check(Outcome outcome, String why) {
    /** What holds. */
    public static final Check PASSED = new Check(Outcome.PASS, "");

    /** What does not. */
    public static Check failed(String why) {
      return new Check(Outcome.FAIL, why);
    }

    /** What was not looked at. */
    public static Check skipped(String why) {
      return new Check(Outcome.SKIP, why);
    }
  }

  /** Another party that has seen every epoch. */
  @FunctionalInterface
  public interface SecondSource {
    /**
     * Whether it has the same leaf.
     *
     * @param digest SHA-256 of the log's {@code fleet.note} of that epoch
     * @param today whether that epoch was signed by today's notary
     * @return empty if it does not know that epoch, so far
     */
    Optional<Check> check(long epoch, Bytes digest, boolean today)
        throws IOException, InterruptedException;
  }

  /**
   * One epoch.
   *
   * @param digest SHA-256 of {@code fleet.note}
   * @param leaf what the log holds
   * @param unknownKey whether the leaf failed for being signed by a key that the policy does not
   *     name
   * @param second what the other source says of it
   */
  public record Epoch(
      long number, Bytes digest, KeyDelta delta, Check leaf, boolean unknownKey, Check second) {
    /** Whether nothing speaks against it. */
    public boolean clean() {
      return leaf.outcome() != Outcome.FAIL && second.outcome() != Outcome.FAIL;
    }
  }

  /** All of them. */
  public record Report(LogWalk walk, List<Epoch> epochs) {
    public Report {
      epochs = List.copyOf(epochs);
    }

    /** Whether nothing speaks against any epoch. */
    public boolean clean() {
      return epochs.stream().allMatch(Epoch::clean);
    }
  }

  private LogAudit() {}

  /**
   * Walks the log.
   *
   * @throws Refused if the log is not what its checkpoint promises: nothing of it counts then
   */
  public static Report run(PolicyHistory policies, LogSource log, Optional<SecondSource> second)
      throws IOException, InterruptedException, Refused {
    TrustPolicy newest = policies.newest();
    LogWalk walk = LogWalk.of(log, newest.log());
    Lineage lineage = Lineage.EMPTY;
    List<Epoch> epochs = new ArrayList<>();
    for (Bytes leaf : walk.leaves()) {
      long number = epochs.size() + 1L;
      Bytes digest = BundleNote.prevHash(leaf);
      KeyDelta delta = new KeyDelta(List.of());
      Check check = Check.PASSED;
      boolean unknownKey = false;
      boolean today = true;
      try {
        // Each leaf by the policy that it names: the keys of today never signed the first ones.
        BundleNote.UnderPolicy opened = BundleNote.open(leaf, policies);
        Bundle bundle = opened.bundle();
        today = opened.policy().notary().equals(newest.notary());
        Lineage longer =
            lineage.extend(newest.namespace(), opened.policy().announce(), bundle, leaf);
        delta = lineage.delta(bundle);
        lineage = longer;
      } catch (Refused e) {
        check = Check.failed(e.what());
        unknownKey =
            e.code() == RefusalCode.UNKNOWN_SIGNER || e.code() == RefusalCode.BAD_SIGNATURE;
      }
      Check other = Check.skipped("no second source");
      if (second.isPresent()) {
        Check unknown =
            today
                ? Check.failed("the second source does not know it")
                : Check.skipped("signed by a notary before this one; see a mirror");
        other = second.get().check(number, digest, today).orElse(unknown);
      }
      epochs.add(new Epoch(number, digest, delta, check, unknownKey, other));
    }
    return new Report(walk, epochs);
  }

  /** A verified copy of the log. */
  public static SecondSource mirror(TrustPolicy policy, LogSource copy)
      throws IOException, Refused {
    List<Bytes> leaves = LogWalk.of(copy, policy.log()).leaves();
    return (epoch, digest, today) -> {
      if (epoch > leaves.size()) {
        return Optional.of(Check.failed("the second source does not know it"));
      }
      boolean same = BundleNote.prevHash(leaves.get((int) epoch - 1)).equals(digest);
      return Optional.of(same ? Check.PASSED : Check.failed("the mirror has another one"));
    };
  }
}
