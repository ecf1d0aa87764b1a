package dev.coffer.hsm.account;

import dev.coffer.hsm.account.Applied.EntryContext;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
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

  static Applied apply(Request.Attempt request, Account account, EntryContext at) {
    if (!(account instanceof Account.Active live)) {
      return Applied.dead(account, at);
    }
    Bytes tag =
        SignedTexts.attemptTag(
            request.header().subject(), live.counters().generation(), request.id(), at.request());
    List<Bytes> trails = trails(live, tag);
    for (int place = 0; place < live.used(); place++) {
      if (trails.get(place).equals(live.open().get(place))) {
        // Free: all 32 octets agree, so it is the same element for the same client (INV-8).
        return granted(live, place);
      }
    }
    if (live.counters().stale(request.header().seenK(), at.k())) {
      return Applied.refused(live, OutcomeCode.STALE, at);
    }
    if (live.guessesLeft() == 0) {
      return Applied.answer(RegisterFinishRule.exhausted(live, at.k()), OutcomeCode.EXHAUSTED);
    }
    List<Bytes> open = new ArrayList<>(live.open());
    open.add(trails.get(live.used()));
    return granted(live.with(live.counters().counted(at.k()), open), live.used());
  }

  /**
   * What the trail would be with that attempt at each place among the open ones, and behind them.
   * As many hashes however many are open: hosts may time a capture, and how many are open tells
   * whether a code was right (INV-10).
   */
  private static List<Bytes> trails(Account.Active live, Bytes tag) {
    List<Bytes> trails = new ArrayList<>();
    for (int place = 0; place <= Limits.GUESSES_MAX; place++) {
      Bytes before = live.trailBefore(Math.min(place, live.used()));
      trails.add(SignedTexts.attemptTrail(before, tag));
    }
    return trails;
  }

  private static Applied granted(Account.Active live, int place) {
    AttemptPayload payload =
        new AttemptPayload(
            live.registration().authKey(),
            live.registration().ksf(),
            live.registration().limit(),
            live.registration().wrappedKeyHash(),
            live.registration().id(),
            live.replacedWithoutProof(),
            live.trailBefore(place));
    return new Applied(
        live,
        OutcomeCode.ACCEPTED,
        live.numberAt(place),
        payload.encode(),
        Optional.of(live.nonce()));
  }
}
