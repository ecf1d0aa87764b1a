package dev.coffer.notary.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.TrustPolicy;
import java.time.Instant;
import java.util.List;

/**
 * What a statement has to be before anybody puts a name to it: the notary checks this, and so does
 * every approver, on a copy of the log of their own. Immutable.
 *
 * <p>A field that is out of bounds would not be a lie, but it stands in the log for good: a
 * trust-policy that nobody has, a client policy far ahead, or an end of validity in the past would
 * leave the namespace without a usable bundle for ever (INV-9).
 *
 * @param namespace whose bundles are signed
 * @param announceSeconds how long a fleet is announced before it is active
 * @param trustPolicy the version of the trust policy that bundles name
 * @param trustPolicyHash its hash
 */
public record ProposalRule(
    KeyName namespace, long announceSeconds, long trustPolicy, Bytes trustPolicyHash) {
  /** How far not-before may lie from now: announcements are counted from there. */
  public static final long NOT_BEFORE_SECONDS_MAX = 86_400;

  /** The shortest validity: time enough to have the next bundle approved. */
  public static final long VALID_SECONDS_MIN = 7 * 86_400L;

  /** The longest validity: what nobody renews for over a year is not meant to be used. */
  public static final long VALID_SECONDS_MAX = 400 * 86_400L;

  /** The rule of those who go by this trust policy. */
  public static ProposalRule of(TrustPolicy policy) {
    return new ProposalRule(policy.namespace(), policy.announce(), policy.version(), policy.hash());
  }

  /**
   * Whether {@code bundle} may come next.
   *
   * @param lineage what the log holds
   * @param now seconds since 1970
   * @throws Refused {@link RefusalCode#OUT_OF_SEQUENCE} if not; the phrase says why
   */
  public void check(Lineage lineage, Bundle bundle, long now) throws Refused {
    require(bundle.namespace().equals(namespace), "another namespace");
    lineage.check(bundle, announceSeconds);
    require(
        bundle.trustPolicy() == trustPolicy && bundle.trustPolicyHash().equals(trustPolicyHash),
        "trust-policy is not the one in force");
    long policyBefore = lineage.newest().map(Bundle::policy).orElse(0L);
    require(bundle.policy() <= policyBefore + 1, "policy is at most one more than before");
    require(
        Math.abs(bundle.notBefore() - now) <= NOT_BEFORE_SECONDS_MAX, "not-before is about now");
    // Both are 0 to 2^63-1, and not-before is about now: neither difference overflows.
    long valid = bundle.notAfter() - bundle.notBefore();
    require(valid >= VALID_SECONDS_MIN, "not-after is at least 7 days after not-before");
    require(valid <= VALID_SECONDS_MAX, "not-after is at most 400 days after not-before");
  }

  private static void require(boolean holds, String what) throws Refused {
    if (!holds) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "proposal: " + what);
    }
  }

  /** What approvers see besides the key delta: from when to when it holds. */
  public static List<String> validity(Bundle bundle) {
    return List.of(
        "not-before " + bundle.notBefore() + date(bundle.notBefore()),
        "not-after " + bundle.notAfter() + date(bundle.notAfter()));
  }

  private static String date(long seconds) {
    // Beyond it a statement may be read, but nobody signs it.
    return seconds > Instant.MAX.getEpochSecond()
        ? ""
        : " (" + Instant.ofEpochSecond(seconds) + ")";
  }
}
