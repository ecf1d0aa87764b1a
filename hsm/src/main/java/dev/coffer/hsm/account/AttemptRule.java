package dev.coffer.hsm.account;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attempt: counts a guess, then grants one evaluation under the live nonce (INV-2, INV-4). */
final class AttemptRule {
  private AttemptRule() {}

  static Applied apply(Request.Attempt request, Account account, Circumstances at) {
    return switch (account) {
      case Account.Absent never -> Applied.refused(never, OutcomeCode.NOT_REGISTERED, at);
      case Account.Deleted dead -> Applied.refused(dead, OutcomeCode.NOT_REGISTERED, at);
      case Account.Exhausted dead -> Applied.refused(dead, OutcomeCode.EXHAUSTED, at);
      case Account.Active live -> attempt(request, live, at);
    };
  }

  private static Applied attempt(Request.Attempt request, Account.Active live, Circumstances at) {
    Bytes tag =
        SignedTexts.attemptTag(
            request.header().subject(), live.standing().generation(), request.id(), at.request());
    Optional<Long> open = live.numberOf(tag);
    if (open.isPresent()) {
      // Free: all 32 octets of the tag agree, so it is the same element for the same client
      // (INV-8).
      return granted(live, open.get());
    }
    if (live.standing().stale(request.header().seenK(), at.k())) {
      return Applied.refused(live, OutcomeCode.STALE, at);
    }
    if (live.guessesLeft() == 0) {
      return Applied.answer(RegisterFinishRule.exhausted(live, at.k()), OutcomeCode.EXHAUSTED);
    }
    List<Bytes> tags = new ArrayList<>(live.open());
    tags.add(tag);
    Standing counted = live.standing().counted().remember(HistoryItem.Kind.ATTEMPT, at.k());
    return granted(live.with(counted).withOpen(tags), counted.attemptNumber());
  }

  private static Applied granted(Account.Active live, long attemptNumber) {
    AttemptPayload payload =
        new AttemptPayload(
            live.registration().authKey(),
            live.registration().ksf(),
            live.registration().limit(),
            live.registration().wrappedKeyHash(),
            live.registration().id(),
            live.replacedWithoutProof());
    return new Applied(
        live, OutcomeCode.ACCEPTED, attemptNumber, payload.encode(), Optional.of(live.nonce()));
  }
}
