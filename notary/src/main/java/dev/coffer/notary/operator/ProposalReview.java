package dev.coffer.notary.operator;

import dev.coffer.notary.bundle.Proposal;
import dev.coffer.notary.bundle.ProposalRule;
import dev.coffer.notary.log.LogSource;
import dev.coffer.notary.operator.OperatorFailure.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.trust.PolicyHistory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A proposal as an approver may believe it. The notary only carries the statement: its hash is the
 * one the approver was told and will sign, and what it changes is computed from the approver's own
 * walk of the log. A notary, or anybody between, that shows one thing to have another approved is
 * refused.
 *
 * @param hash what is approved
 * @param bundle what has that hash
 * @param delta what it changes, by the log as the approver read it
 */
public record ProposalReview(Bytes hash, Bundle bundle, KeyDelta delta) {
  /**
   * Reviews what a notary shows.
   *
   * @param hash as the operator told it
   * @param shown what the notary says of it
   * @param log read and verified here
   * @param now seconds since 1970
   * @throws OperatorFailure {@link ExitCode#UNTRUSTED} if anything differs; the message says what
   */
  public static ProposalReview of(
      Bytes hash, String shown, LogSource log, PolicyHistory policies, long now)
      throws OperatorFailure, IOException {
    String statement = Proposal.statementIn(shown).orElse("");
    Bytes found = Hashes.sha256(Utf8.encode(statement));
    if (!found.equals(hash)) {
      throw new OperatorFailure(
          Reason.UNTRUSTED,
          "The notary shows another statement: its hash is " + found.hex() + ".",
          "Approve nothing; ask the operator for the statement and tell others of it.");
    }
    Lineage lineage;
    try {
      lineage = LoggedBundles.read(log, policies).lineage();
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.UNTRUSTED,
          "The log is not what its policy promises: " + e.what() + ".",
          "Approve nothing; keep what it shows, and run coffer audit log.");
    }
    try {
      Bundle bundle = Bundle.parse(statement);
      ProposalRule.of(policies.newest()).check(lineage, bundle, now);
      return new ProposalReview(hash, bundle, lineage.delta(bundle));
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.UNTRUSTED,
          "This statement cannot come next: " + e.what() + ".",
          "Approve nothing; ask the operator to propose one that follows.");
    }
  }

  /** For people. Made of what was parsed: printable ASCII, by the bundle's grammar. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Epoch " + bundle.epoch() + " of " + bundle.namespace() + ", sha256:" + hash.hex());
    ProposalRule.validity(bundle).forEach(line -> lines.add("  " + line));
    lines.add("What it changes, by the log as it was read here:");
    delta.lines().forEach(line -> lines.add("  " + line));
    return lines;
  }
}
