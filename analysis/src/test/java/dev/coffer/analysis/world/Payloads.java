package dev.coffer.analysis.world;

import dev.coffer.analysis.world.ModelAccount.Pending;
import dev.coffer.analysis.world.ModelRules.Expected;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.request.Request;

/** What the rules let an outcome carry, beside the evaluation: no more and no less. */
final class Payloads {
  private Payloads() {}

  static boolean right(Expected expected, Bytes payload) {
    return due(expected).equals(payload);
  }

  private static Bytes due(Expected expected) {
    if (expected.code() != OutcomeCode.ACCEPTED) {
      return Bytes.EMPTY;
    }
    ModelAccount account = expected.account();
    return switch (expected.request()) {
      case Request.RegisterStart start -> {
        Pending pending = account.pending().orElseThrow();
        yield new StartPayload(pending.k(), pending.position()).encode();
      }
      case Request.RegisterFinish finish -> Bytes.EMPTY;
      case Request.Attempt attempt -> {
        Registration live = account.registration().orElseThrow();
        ModelAccount.Guess counted =
            account.open().stream()
                .filter(guess -> guess.same(attempt.id(), attempt.hash()))
                .findFirst()
                .orElseThrow();
        yield new AttemptPayload(
                live.authKey(),
                live.ksf(),
                live.limit(),
                live.wrappedKeyHash(),
                live.id(),
                account.unproven(),
                counted.before())
            .encode();
      }
      case Request.Success success ->
          new SuccessPayload(account.registration().orElseThrow(), account.history()).encode();
      case Request.Delete delete -> Bytes.EMPTY;
    };
  }
}
