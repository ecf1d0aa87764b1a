package dev.coffer.hsm.account;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.List;
import java.util.Optional;

/**
 * Success: the only way to get guesses back, and to get the wrapped K. Every HSM checks the proof
 * itself; a corrupted one cannot make it, since it takes the code.
 */
final class SuccessRule {
  private SuccessRule() {}

  static Applied apply(Request.Success request, Account account, Circumstances at) {
    if (account instanceof Account.Active live) {
      return prove(request, live, at);
    }
    Proofs.decoy(text(request, account));
    OutcomeCode code =
        account instanceof Account.Exhausted ? OutcomeCode.EXHAUSTED : OutcomeCode.NOT_REGISTERED;
    return Applied.refused(account, code, at);
  }

  private static Bytes text(Request.Success request, Account account) {
    return SignedTexts.recoveryProof(
        request.header().subject(),
        account.standing().generation(),
        request.id(),
        request.attemptNumber(),
        request.attemptRequest());
  }

  private static Applied prove(Request.Success request, Account.Active live, Circumstances at) {
    boolean proved =
        Proofs.holds(live.registration().authKey(), text(request, live), request.proof())
            & request.generation() == live.standing().generation();
    Bytes tag =
        SignedTexts.attemptTag(
            request.header().subject(),
            live.standing().generation(),
            request.id(),
            request.attemptRequest());
    boolean open =
        live.numberOf(tag).filter(number -> number == request.attemptNumber()).isPresent();
    Account.LastSuccess success = new Account.LastSuccess(tag, request.attemptNumber());
    boolean repeated = live.lastSuccess().filter(success::equals).isPresent();
    if (!proved || !(open || repeated)) {
      // As much work as for a proof that holds: hosts may have an entry captured again and time it.
      Outcome.payloadHash(payload(live));
      return Applied.refused(live, OutcomeCode.NOT_PROVED, at);
    }
    // The same success again resets nothing: attempts made since then stay counted.
    Account.Active after = repeated ? live : reset(live, success, at);
    return new Applied(
        after, OutcomeCode.ACCEPTED, request.attemptNumber(), payload(after), Optional.empty());
  }

  private static Bytes payload(Account.Active live) {
    return new SuccessPayload(live.registration(), live.standing().history()).encode();
  }

  private static Account.Active reset(
      Account.Active live, Account.LastSuccess success, Circumstances at) {
    Standing standing =
        live.standing()
            .withFailures(0)
            .withFloor(at.k())
            .remember(HistoryItem.Kind.SUCCESS, at.k());
    return new Account.Active(
        standing,
        live.nonce(),
        live.registration(),
        live.replacedWithoutProof(),
        List.of(),
        Optional.of(success));
  }
}
