package dev.coffer.hsm.account;

import dev.coffer.hsm.account.Applied.EntryContext;
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
 *
 * <p>It gives back the guesses that its client saw certified and no others (INV-2): it names the
 * trail of its attempt, so it proves nothing on a chain where hosts had other guesses counted
 * before that attempt; and whatever was counted after it stays counted. Else hosts with a corrupted
 * HSM could save guesses up on a chain of their own, and have a success from another chain give
 * them back: see docs/decisions/0006.
 */
final class SuccessRule {
  private SuccessRule() {}

  static Applied apply(Request.Success request, Account account, EntryContext at) {
    if (account instanceof Account.Active live) {
      return prove(request, live, at);
    }
    Proofs.decoy(text(request, account));
    return Applied.dead(account, at);
  }

  private static Bytes text(Request.Success request, Account account) {
    return SignedTexts.recoveryProof(
        request.header().subject(),
        account.counters().generation(),
        request.id(),
        request.attemptNumber(),
        request.attemptRequest(),
        request.trailBefore());
  }

  private static Applied prove(Request.Success request, Account.Active live, EntryContext at) {
    boolean proved =
        Proofs.holds(live.registration().authKey(), text(request, live), request.proof())
            & request.generation() == live.counters().generation();
    Bytes tag =
        SignedTexts.attemptTag(
            request.header().subject(),
            live.counters().generation(),
            request.id(),
            request.attemptRequest());
    Bytes trail = SignedTexts.attemptTrail(request.trailBefore(), tag);
    int place = live.open().indexOf(trail);
    boolean open = place >= 0 && live.numberAt(place) == request.attemptNumber();
    // The last that is open no more succeeded: one of before the registration has another tag.
    boolean repeated =
        trail.equals(live.counters().trail()) && live.numberAt(-1) == request.attemptNumber();
    if (!proved || !(open || repeated)) {
      // As much work as for a proof that holds: hosts may have an entry captured again and time it.
      Outcome.payloadHash(payload(live));
      return Applied.refused(live, OutcomeCode.NOT_PROVED, at);
    }
    // The same success again resets nothing: attempts made since then stay counted.
    Account.Active after = repeated ? live : reset(live, place, at);
    return new Applied(
        after, OutcomeCode.ACCEPTED, request.attemptNumber(), payload(after), Optional.empty());
  }

  private static Bytes payload(Account.Active live) {
    return new SuccessPayload(live.registration(), live.counters().history()).encode();
  }

  private static Account.Active reset(Account.Active live, int place, EntryContext at) {
    List<Bytes> since = live.open().subList(place + 1, live.used());
    Bytes trail = live.open().get(place);
    return live.with(live.counters().succeeded(trail, since.size(), at.k()), since);
  }
}
