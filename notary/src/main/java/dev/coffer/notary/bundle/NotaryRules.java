package dev.coffer.notary.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.util.List;

/**
 * Whom and what a notary goes by.
 *
 * @param statements what may be signed at all
 * @param operator who proposes
 * @param approvers at least two people's keys; two different ones have to approve
 * @param evidence what else has to be in order
 */
public record NotaryRules(
    ProposalRule statements,
    VerifierKey operator,
    List<VerifierKey> approvers,
    EvidenceCheck evidence) {
  /** How many different people approve. */
  public static final int APPROVALS = 2;

  public NotaryRules {
    approvers = List.copyOf(approvers);
  }

  /** The rules of a notary that goes by this trust policy. */
  public static NotaryRules of(
      TrustPolicy policy, List<VerifierKey> approvers, EvidenceCheck evidence) {
    return new NotaryRules(ProposalRule.of(policy), policy.operator(), approvers, evidence);
  }

  void check() throws IOException {
    List<Bytes> people = approvers.stream().map(VerifierKey::publicKey).distinct().toList();
    if (people.size() < APPROVALS || people.size() < approvers.size()) {
      throw new IOException("A notary has two approvers or more, no two of them with one key.");
    }
    // Otherwise the operator alone would be one of the two who look.
    if (people.contains(operator.publicKey())) {
      throw new IOException("The operator's key is an approver's, too: give that person another.");
    }
  }

  /** The same with the notary's own key in mind. */
  void check(VerifierKey notary) throws IOException {
    check();
    if (approvers.stream().anyMatch(key -> key.publicKey().equals(notary.publicKey()))) {
      throw new IOException("The notary's key is an approver's, too: give that person another.");
    }
  }
}
