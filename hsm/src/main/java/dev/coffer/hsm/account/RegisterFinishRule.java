package dev.coffer.hsm.account;

import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.login.LoginVerifier;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.List;
import java.util.Optional;

/**
 * RegisterFinish: replaces the record in one step, or not at all. Over a live registration it needs
 * the old ownerKey, or, where the settings allow it, a login that was given for this very request.
 */
final class RegisterFinishRule {
  /** After this many times the limit without a success, replacing no longer buys new guesses. */
  private static final int FAILURES_FACTOR = 3;

  private RegisterFinishRule() {}

  static Applied apply(Request.RegisterFinish request, Account account, Circumstances at) {
    Standing standing = account.standing();
    boolean repeated =
        standing.lastRegistration().filter(l -> l.request().equals(at.request())).isPresent();
    if (repeated) {
      return repeated(account, at);
    }
    Optional<Standing.Pending> pending =
        standing
            .pending()
            .filter(p -> p.id().equals(request.registration().id()))
            .filter(p -> p.k() == request.k() && p.position() == request.position());
    if (pending.isEmpty()) {
      return Applied.refused(account, OutcomeCode.NOT_PENDING, at);
    }
    // A finish that a host held back must not come true after the user went on with the old code
    // (INV-7): a success moves the floor, but leaves the pending start.
    if (standing.stale(request.header().seenK(), at.k())) {
      return Applied.refused(account, OutcomeCode.STALE, at);
    }
    if (request.registration().limit() > at.fleet().settings().guessLimitMax()) {
      return Applied.refused(account, OutcomeCode.NOT_ACCEPTABLE, at);
    }
    if (account instanceof Account.Active live) {
      return replace(request, live, pending.get(), at);
    }
    return store(request, account, pending.get(), HistoryItem.Kind.REGISTERED, at);
  }

  /** The request that made the newest registration, again. */
  private static Applied repeated(Account account, Circumstances at) {
    return switch (account) {
      case Account.Active live -> Applied.accepted(live);
      // It was stored, but it is no more: ACCEPTED would let the client believe in it.
      case Account.Exhausted dead -> Applied.refused(dead, OutcomeCode.EXHAUSTED, at);
      case Account.Deleted dead -> Applied.refused(dead, OutcomeCode.NOT_REGISTERED, at);
      case Account.Absent never -> Applied.refused(never, OutcomeCode.NOT_REGISTERED, at);
    };
  }

  private static Applied replace(
      Request.RegisterFinish request,
      Account.Active live,
      Standing.Pending pending,
      Circumstances at) {
    boolean byOwner = ownerAllows(request, live);
    boolean byLogin = loginAllows(at.fleet(), request, request.authorisation());
    if (!byOwner && !(byLogin && at.fleet().settings().replaceByLogin())) {
      return Applied.refused(live, OutcomeCode.NOT_AUTHORISED, at);
    }
    int failures = live.standing().failuresSinceSuccess();
    if (failures >= FAILURES_FACTOR * live.registration().limit()) {
      // Judged before replacing: else replacing again and again would be a way around the limit.
      Account dead = exhausted(live, at.k());
      return Applied.answer(dead, OutcomeCode.EXHAUSTED);
    }
    HistoryItem.Kind kind =
        byOwner ? HistoryItem.Kind.REPLACED : HistoryItem.Kind.REPLACED_WITHOUT_PROOF;
    return store(request, live, pending, kind, at);
  }

  private static boolean ownerAllows(Request.RegisterFinish request, Account.Active live) {
    Bytes text =
        SignedTexts.ownerReplace(
            request.header().subject(),
            live.standing().generation(),
            request.k(),
            request.position(),
            request.registration());
    return ownerSigned(live, text, request.authorisation());
  }

  static boolean ownerSigned(Account.Active live, Bytes text, Authorisation authorisation) {
    if (authorisation instanceof Authorisation.Owner owner) {
      return Proofs.holds(live.registration().ownerKey(), text, owner.signature());
    }
    Proofs.decoy(text, Bytes.zeros(64));
    return false;
  }

  /**
   * Every HSM verifies a login that stands for a proof, not the admitting one alone, and it must
   * have been given for this request: see docs/decisions/0001.
   */
  static boolean loginAllows(Fleet fleet, Request request, Authorisation authorisation) {
    if (!(authorisation instanceof Authorisation.Login login)) {
      return false;
    }
    try {
      LoginVerifier.verify(
          fleet,
          request.header().subject(),
          login.token(),
          SignedTexts.loginAuthorisation(fleet.id(), request, login.token().tokenHash()),
          login.deviceSignature());
      return true;
    } catch (Rejected e) {
      return false;
    }
  }

  private static Applied store(
      Request.RegisterFinish request,
      Account before,
      Standing.Pending pending,
      HistoryItem.Kind kind,
      Circumstances at) {
    Standing.Finished finished = new Standing.Finished(request.registration().id(), at.request());
    Standing after = before.standing().registered(finished, at.k()).remember(kind, at.k());
    return Applied.accepted(
        new Account.Active(
            after,
            pending.nonce(),
            request.registration(),
            withoutProof(before, kind),
            List.of(),
            Optional.empty()));
  }

  /**
   * Whether the chain of owners' proofs from the account's first registration to this one has a
   * gap. It cannot be closed again: not by a further replacement, which a thief who set the code
   * can prove, nor by deleting or exhausting first, nor by a success with the thief's own code.
   */
  private static boolean withoutProof(Account before, HistoryItem.Kind kind) {
    return switch (before) {
      case Account.Absent never -> false;
      case Account.Active live ->
          live.replacedWithoutProof() || kind == HistoryItem.Kind.REPLACED_WITHOUT_PROOF;
      case Account.Exhausted dead -> true;
      case Account.Deleted dead -> true;
    };
  }

  /**
   * The tombstone: everything secret is gone, and so is a pending start, lest the request that
   * found the account exhausted registers it when it is sent again. The failures stay counted: who
   * makes a user enrol the same code over and over must not gain a fresh limit each time.
   */
  static Account exhausted(Account.Active live, long k) {
    Standing standing =
        live.standing().withPending(Optional.empty()).remember(HistoryItem.Kind.EXHAUSTED, k);
    return new Account.Exhausted(standing);
  }
}
