package dev.coffer.hsm.account;

import dev.coffer.hsm.account.Applied.EntryContext;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.request.Request;
import java.util.Optional;

/**
 * RegisterStart: a fresh nonce ν', evaluated for this one blinded element. It never evaluates under
 * the live record's nonce: that would be an oracle that counts nothing (INV-2).
 */
final class RegisterStartRule {
  private RegisterStartRule() {}

  static Applied apply(Request.RegisterStart request, Account account, EntryContext at) {
    AccountCounters counters = account.counters();
    if (counters.lastRegistration().filter(last -> last.id().equals(request.id())).isPresent()) {
      return Applied.refused(account, OutcomeCode.REGISTRATION_FINISHED, at);
    }
    Optional<AccountCounters.Pending> same =
        counters
            .pending()
            .filter(p -> p.id().equals(request.id()) && p.request().equals(at.request()));
    if (same.isPresent()) {
      // A retry: the same nonce for the same element tells nothing new (INV-8).
      return granted(account, same.get());
    }
    if (counters.stale(request.header().seenK(), at.k())) {
      return Applied.refused(account, OutcomeCode.STALE, at);
    }
    AccountCounters.Pending pending =
        new AccountCounters.Pending(
            request.id(), at.request(), at.freshNonce(), at.k(), at.position());
    return granted(account.with(counters.started(pending)), pending);
  }

  private static Applied granted(Account account, AccountCounters.Pending pending) {
    return new Applied(
        account,
        OutcomeCode.ACCEPTED,
        account.counters().attemptNumber(),
        new StartPayload(pending.k(), pending.position()).encode(),
        Optional.of(pending.nonce()));
  }
}
