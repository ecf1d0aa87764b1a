package dev.coffer.hsm.account;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.Optional;

/** Delete: by the ownerKey, or, where the settings allow it, by a login given for this request. */
final class DeleteRule {
  private DeleteRule() {}

  static Applied apply(Request.Delete request, Account account, Circumstances at) {
    return switch (account) {
      case Account.Absent never -> Applied.refused(never, OutcomeCode.NOT_REGISTERED, at);
      case Account.Exhausted dead -> Applied.refused(dead, OutcomeCode.EXHAUSTED, at);
      case Account.Deleted dead ->
          dead.request().equals(at.request())
              ? Applied.accepted(dead)
              : Applied.refused(dead, OutcomeCode.NOT_REGISTERED, at);
      case Account.Active live -> delete(request, live, at);
    };
  }

  private static Applied delete(Request.Delete request, Account.Active live, Circumstances at) {
    long generation = live.standing().generation();
    Bytes text = SignedTexts.ownerDelete(request.header().subject(), generation);
    boolean byOwner = RegisterFinishRule.ownerSigned(live, text, request.authorisation());
    boolean byLogin =
        RegisterFinishRule.loginAllows(at.fleet(), request, request.authorisation())
            && at.fleet().settings().deleteByLogin();
    // The generation is part of the request, so that an old deletion cannot hit a new registration.
    if (!(byOwner || byLogin) || request.generation() != generation) {
      return Applied.refused(live, OutcomeCode.NOT_AUTHORISED, at);
    }
    // A deletion that a host held back must not come true after the user went on with the account
    // (INV-7): a success moves the floor, but not the generation.
    if (live.standing().stale(request.header().seenK(), at.k())) {
      return Applied.refused(live, OutcomeCode.STALE, at);
    }
    Standing standing =
        live.standing()
            .withPending(Optional.empty())
            .withFloor(at.k())
            .remember(HistoryItem.Kind.DELETED, at.k());
    return Applied.accepted(new Account.Deleted(standing, at.request()));
  }
}
