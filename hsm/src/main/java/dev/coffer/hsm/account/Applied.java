package dev.coffer.hsm.account;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHash;
import java.util.Optional;

/**
 * What a rule decided about one operation.
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
  /**
   * Where an operation stands: all that a rule may know besides request and record.
   *
   * @param k its entry
   * @param position its place there
   * @param request H(request)
   * @param freshNonce ν' should this operation need one, 32 octets: never chosen by a host, never
   *     the same twice
   */
  public record EntryContext(
      Fleet fleet, long k, int position, RequestHash request, Bytes freshNonce) {
    @Override
    public String toString() {
      return "EntryContext[redacted]";
    }
  }

  /** Applies one request to one account (PROTOCOL.md §5.3): pure, deterministic, total. */
  public static Applied of(Request request, Account account, EntryContext at) {
    return switch (request) {
      case Request.RegisterStart start -> RegisterStartRule.apply(start, account, at);
      case Request.RegisterFinish finish -> RegisterFinishRule.apply(finish, account, at);
      case Request.Attempt attempt -> AttemptRule.apply(attempt, account, at);
      case Request.Success success -> SuccessRule.apply(success, account, at);
      case Request.Delete delete -> DeleteRule.apply(delete, account, at);
    };
  }

  /** Done, with nothing to hand out. */
  static Applied accepted(Account account) {
    return answer(account, OutcomeCode.ACCEPTED);
  }

  /** An answer that adds no event. */
  static Applied answer(Account account, OutcomeCode code) {
    return new Applied(
        account, code, account.counters().attemptNumber(), Bytes.EMPTY, Optional.empty());
  }

  /**
   * Refused: nothing changes but the history, and an account that has no record gets none, so that
   * refusals cannot fill the tree.
   */
  static Applied refused(Account account, OutcomeCode code, EntryContext at) {
    if (account.equals(Account.Absent.NEVER)) {
      return answer(account, code);
    }
    return answer(account.with(account.counters().refused(at.k())), code);
  }

  /** Refused since nothing is alive. */
  static Applied dead(Account account, EntryContext at) {
    boolean exhausted = account instanceof Account.Exhausted;
    return refused(account, exhausted ? OutcomeCode.EXHAUSTED : OutcomeCode.NOT_REGISTERED, at);
  }

  @Override
  public String toString() {
    return "Applied[redacted]";
  }
}
