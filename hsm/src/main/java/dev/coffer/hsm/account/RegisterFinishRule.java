package dev.coffer.hsm.account;

import dev.coffer.hsm.account.Applied.EntryContext;
import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.List;
import java.util.Optional;

/**
 * RegisterFinish: replaces the record in one step, or not at all. Over a live registration it needs
 * the old ownerKey, or, where the settings allow it, a login that was given for this very request;
 * where none is alive it needs such a login, always.
 */
final class RegisterFinishRule {
  /** After this many times the limit without a success, replacing no longer buys new guesses. */
  private static final int FAILURES_FACTOR = 3;

  private RegisterFinishRule() {}

  static Applied apply(Request.RegisterFinish request, Account account, EntryContext at) {
    AccountCounters counters = account.counters();
    Bytes ownersText = SignedTexts.ownerReplace(counters.generation(), request);
    AuthorisationCheck check =
        AuthorisationCheck.of(at.fleet(), request, request.authorisation(), account, ownersText);
    boolean repeated =
        counters.lastRegistration().filter(l -> l.request().equals(at.request())).isPresent();
    if (repeated) {
      // Where it is no more, ACCEPTED would let the client believe in it.
      boolean alive = account instanceof Account.Active;
      return alive ? Applied.accepted(account) : Applied.dead(account, at);
    }
    Optional<AccountCounters.Pending> pending =
        counters
            .pending()
            .filter(p -> p.id().equals(request.registration().id()))
            .filter(p -> p.k() == request.k() && p.position() == request.position());
    if (pending.isEmpty()) {
      return Applied.refused(account, OutcomeCode.NOT_PENDING, at);
    }
    // A finish that a host held back must not come true after the user went on with the old code
    // (INV-7): a success moves the floor, but leaves the pending start.
    if (counters.stale(request.header().seenK(), at.k())) {
      return Applied.refused(account, OutcomeCode.STALE, at);
    }
    if (request.registration().limit() > at.fleet().settings().guessLimitMax()) {
      return Applied.refused(account, OutcomeCode.NOT_ACCEPTABLE, at);
    }
    if (!allowed(check, account, at)) {
      return Applied.refused(account, OutcomeCode.NOT_AUTHORISED, at);
    }
    if (account instanceof Account.Active live
        && counters.failuresSinceSuccess() >= FAILURES_FACTOR * live.registration().limit()) {
      // Judged before replacing: else replacing again and again would be a way around the limit.
      return Applied.answer(exhausted(live, at.k()), OutcomeCode.EXHAUSTED);
    }
    return store(request, account, pending.get(), kind(account, check), at);
  }

  /**
   * Where no registration is alive there is no owner to ask, and the login is needed whatever the
   * settings say. If nothing were, one corrupted admitting HSM, which alone checks logins of
   * attempts, could exhaust an account and register its own keys over it: see docs/decisions/0005.
   */
  private static boolean allowed(AuthorisationCheck check, Account account, EntryContext at) {
    if (account instanceof Account.Active) {
      return check.byOwner() || (check.byLogin() && at.fleet().settings().replaceByLogin());
    }
    return check.byLogin();
  }

  private static HistoryItem.Kind kind(Account before, AuthorisationCheck check) {
    if (!(before instanceof Account.Active)) {
      return HistoryItem.Kind.REGISTERED;
    }
    return check.byOwner() ? HistoryItem.Kind.REPLACED : HistoryItem.Kind.REPLACED_WITHOUT_PROOF;
  }

  private static Applied store(
      Request.RegisterFinish request,
      Account before,
      AccountCounters.Pending pending,
      HistoryItem.Kind kind,
      EntryContext at) {
    AccountCounters.Finished finished =
        new AccountCounters.Finished(request.registration().id(), at.request());
    AccountCounters after = before.counters().registered(finished, before.trail(), kind, at.k());
    return Applied.accepted(
        new Account.Active(
            after, pending.nonce(), request.registration(), withoutProof(before, kind), List.of()));
  }

  /**
   * Whether the chain of owners' proofs from the account's first registration to this one has a
   * gap. It cannot be closed again: not by a further replacement, which a thief who set the code
   * can prove, nor by deleting or exhausting first, nor by a success with the thief's own code.
   */
  private static boolean withoutProof(Account before, HistoryItem.Kind kind) {
    if (before instanceof Account.Active live) {
      return live.replacedWithoutProof() || kind == HistoryItem.Kind.REPLACED_WITHOUT_PROOF;
    }
    return !(before instanceof Account.Absent);
  }

  /**
   * The tombstone: everything secret is gone, and so is a pending start, lest the request that
   * found the account exhausted registers it when it is sent again. The failures stay counted: who
   * makes a user enrol the same code over and over must not gain a fresh limit each time.
   */
  static Account exhausted(Account.Active live, long k) {
    return new Account.Exhausted(live.counters().exhausted(live.trail(), k));
  }
}
