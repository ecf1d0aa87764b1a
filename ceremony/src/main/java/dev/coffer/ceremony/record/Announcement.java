package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanScript;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.note.VerifiedSignature;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TlogProof;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * That a plan and its script were in a public log beforehand: a leaf, and a proof
 * (c2sp.org/tlog-proof) under a checkpoint that witnesses cosigned. Stateless.
 *
 * <p><b>Guarantees:</b> if every quorum has an honest witness, the leaf existed at the time that is
 * said. <b>Not guaranteed:</b> that no other plan was announced, which who reads the log sees.
 */
public final class Announcement {
  /** The log and the witnesses that count (c2sp.org/tlog-policy). */
  public static final String POLICY = "announcement.policy";

  /** The proof. */
  public static final String PROOF = "announcement.tlog-proof";

  /** The end of the year 9999: no time of a witness is later. */
  private static final long SECONDS_MAX = 253_402_300_799L;

  private Announcement() {}

  /** The log's entry: it follows from the plan, and so is not carried along. */
  public static Bytes leaf(Plan plan) {
    return Utf8.encode(
        "coffer/ceremony-announcement/v1\nceremony %s\nplan %s\nscript %s\n"
            .formatted(
                plan.ceremony(),
                plan.hash().hex(),
                Hashes.sha256(Utf8.encode(PlanScript.markdown(plan))).hex()));
  }

  /**
   * Reads the policy that {@code plan} names.
   *
   * @throws CeremonyRefused if it is another one, none, or one without witnesses
   */
  public static Policy policy(Plan plan, Bytes policy) throws CeremonyRefused {
    Bytes named =
        plan.announcedBy()
            .orElseThrow(() ->
                new CeremonyRefused(
                    "The plan names no log.",
                    "Add announced-by to the settings, and make the plan again."));
    if (!Hashes.sha256(policy).equals(named)) {
      throw new CeremonyRefused(
          POLICY + " is not the one that the plan names: " + named.hex() + ".",
          "Take the policy that the plan was made with.");
    }
    try {
      Policy read = Policy.parse(policy);
      if (!read.quorum().equals(Policy.NONE)) {
        return read;
      }
    } catch (Refused e) {
      throw new CeremonyRefused(
          POLICY + " is no policy of a log: " + e.what() + ".", "Write one, and plan again.");
    }
    throw new CeremonyRefused(
        POLICY + " asks for no witness, so that nobody says when anything was logged.",
        "Name witnesses and a quorum in it, and plan again.");
  }

  /**
   * When {@code plan} was in the log at the latest, by the clocks of the first whole quorum that
   * says so.
   *
   * @throws CeremonyRefused if the proof does not hold for this plan under the policy that it names
   */
  public static Instant loggedBy(Plan plan, Bytes policy, Bytes proof) throws CeremonyRefused {
    Policy rules = policy(plan, policy);
    try {
      TlogProof read = TlogProof.parse(proof);
      Checkpoint checkpoint = rules.check(read.checkpoint()).checkpoint();
      read.checkInclusion(Tlog.leafHash(leaf(plan)), checkpoint);
      Map<VerifierKey, Long> times = new HashMap<>();
      for (VerifiedSignature one :
          read.checkpoint()
              .verify(rules.witnesses().stream().map(Policy.Witness::key).toList())
              .signatures()) {
        times.merge(one.key(), one.time(), Math::max);
      }
      // A quorum, since one word could be that of a clock which lies. Not all: whoever shows the
      // proof may leave out what is beyond a quorum, and one clock ahead would keep everybody out.
      long by = rules.quorumReached(times).orElseThrow();
      if (by > SECONDS_MAX) {
        throw new Refused(RefusalCode.MALFORMED, "the time of a cosignature");
      }
      return Instant.ofEpochSecond(by);
    } catch (Refused e) {
      throw new CeremonyRefused(
          PROOF + " does not show that this plan was logged: " + e.what() + ".",
          "Take the one that coffer ceremony announce wrote for this plan.");
    }
  }
}
