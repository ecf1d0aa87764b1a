package dev.coffer.hsm.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import java.util.Optional;

/**
 * What a rule decided.
 *
 * @param account the record afterwards
 * @param attemptNumber of the attempt concerned, otherwise of the record
 * @param payload what the outcome grants besides an evaluation; often empty
 * @param evaluateUnder the nonce under whose key share the blinded element is to be evaluated, once
 *     a quorum has certified this outcome; empty where nothing is granted
 */
public record Applied(
    Account account,
    OutcomeCode code,
    long attemptNumber,
    Bytes payload,
    Optional<Bytes> evaluateUnder) {
  /** Done, with nothing to hand out. */
  static Applied accepted(Account account) {
    return answer(account, OutcomeCode.ACCEPTED);
  }

  /** An answer that adds no event. */
  static Applied answer(Account account, OutcomeCode code) {
    return new Applied(
        account, code, account.standing().attemptNumber(), Bytes.EMPTY, Optional.empty());
  }

  /**
   * Refused: nothing changes but the history, and an account that has no record gets none, so that
   * refusals cannot fill the tree.
   */
  static Applied refused(Account account, OutcomeCode code, Circumstances at) {
    if (account.equals(Account.Absent.NEVER)) {
      return answer(account, code);
    }
    return answer(account.with(account.standing().refused(at.k())), code);
  }

  @Override
  public String toString() {
    return "Applied[redacted]";
  }
}
