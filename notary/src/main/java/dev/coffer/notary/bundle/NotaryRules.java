package dev.coffer.notary.bundle;

import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.VerifierKey;
import java.io.IOException;
import java.util.List;

/**
 * Whom and what a notary goes by.
 *
 * @param namespace whose bundles it signs
 * @param operator who proposes them
 * @param approvers at least two people's keys; two different ones have to approve
 * @param announceSeconds how long a fleet is announced before it is active
 * @param evidence what else has to be in order
 */
public record NotaryRules(
    KeyName namespace,
    VerifierKey operator,
    List<VerifierKey> approvers,
    long announceSeconds,
    EvidenceCheck evidence) {
  /** How many different people approve. */
  public static final int APPROVALS = 2;

  /** How far a proposal's not-before may lie from now: announcements are counted from there. */
  static final long NOT_BEFORE_SECONDS_MAX = 86_400;

  public NotaryRules {
    approvers = List.copyOf(approvers);
  }

  void check() throws IOException {
    long people = approvers.stream().map(VerifierKey::publicKey).distinct().count();
    if (people < APPROVALS || people < approvers.size()) {
      throw new IOException("A notary has two approvers or more, no two of them with one key.");
    }
  }
}
