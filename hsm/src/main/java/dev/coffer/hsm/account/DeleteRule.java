package dev.coffer.hsm.account;

import dev.coffer.hsm.account.Applied.EntryContext;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;

/** Delete: by the ownerKey, or, where the settings allow it, by a login given for this request. */
final class DeleteRule {
  private DeleteRule() {}

  static Applied apply(Request.Delete request, Account account, EntryContext at) {
    Bytes ownersText = SignedTexts.ownerDelete(request);
    AuthorisationCheck check =
        AuthorisationCheck.of(at.fleet(), request, request.authorisation(), account, ownersText);
    if (account instanceof Account.Active live) {
      return delete(request, live, check, at);
    }
    boolean again = account instanceof Account.Deleted dead && dead.request().equals(at.request());
    return again ? Applied.accepted(account) : Applied.dead(account, at);
  }

  private static Applied delete(
      Request.Delete request, Account.Active live, AuthorisationCheck check, EntryContext at) {
    boolean allowed = check.byOwner() || (check.byLogin() && at.fleet().settings().deleteByLogin());
    // The generation is part of the request, so that an old deletion cannot hit a new registration.
    if (!allowed || request.generation() != live.counters().generation()) {
      return Applied.refused(live, OutcomeCode.NOT_AUTHORISED, at);
    }
    // A deletion that a host held back must not come true after the user went on with the account
    // (INV-7): a success moves the floor, but not the generation.
    if (live.counters().stale(request.header().seenK(), at.k())) {
      return Applied.refused(live, OutcomeCode.STALE, at);
    }
    AccountCounters after = live.counters().deleted(live.trail(), at.k());
    return Applied.accepted(new Account.Deleted(after, at.request()));
  }
}
