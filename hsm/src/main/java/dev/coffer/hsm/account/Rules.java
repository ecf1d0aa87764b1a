package dev.coffer.hsm.account;

import dev.coffer.protocol.request.Request;

/** Which rule an operation falls under (PROTOCOL.md §5.3). */
public final class Rules {
  private Rules() {}

  /** Applies one request to one account: pure, deterministic, total. */
  public static Applied apply(Request request, Account account, Circumstances at) {
    return switch (request) {
      case Request.RegisterStart start -> RegisterStartRule.apply(start, account, at);
      case Request.RegisterFinish finish -> RegisterFinishRule.apply(finish, account, at);
      case Request.Attempt attempt -> AttemptRule.apply(attempt, account, at);
      case Request.Success success -> SuccessRule.apply(success, account, at);
      case Request.Delete delete -> DeleteRule.apply(delete, account, at);
    };
  }
}
