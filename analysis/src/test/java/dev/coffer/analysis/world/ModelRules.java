package dev.coffer.analysis.world;

import dev.coffer.analysis.world.ModelAccount.Guess;
import dev.coffer.analysis.world.ModelAccount.Pending;
import dev.coffer.analysis.world.ModelAccount.State;
import dev.coffer.protocol.account.HistoryItem.Kind;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.login.LoginVerifier;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.SignedTexts;
import java.util.Optional;

/**
 * The table of PROTOCOL.md §5.3, written a second time and for legibility alone: every outcome that
 * the HSMs certify is compared with it.
 *
 * @param k the entry's number
 */
record ModelRules(Fleet fleet, long k, int position) {
  /**
   * What a request comes to.
   *
   * @param evaluatedUnder names the key that the blinded element is evaluated under, if it is
   */
  record Expected(
      Request request,
      ModelAccount account,
      OutcomeCode code,
      long attemptNumber,
      Optional<String> evaluatedUnder) {}

  private static Expected answered(Request request, ModelAccount account, OutcomeCode code) {
    return new Expected(request, account, code, account.attempts(), Optional.empty());
  }

  /** Nothing changes but the history; what never was an account does not become one. */
  private Expected refused(Request request, ModelAccount account, OutcomeCode code) {
    boolean nobody = account.equals(ModelAccount.NEVER);
    return answered(request, nobody ? account : account.remembering(Kind.REFUSED, k), code);
  }

  Expected apply(Request request, ModelAccount account) {
    return switch (request) {
      case Request.RegisterStart start -> start(start, account);
      case Request.RegisterFinish finish -> finish(finish, account);
      case Request.Attempt attempt -> attempt(attempt, account);
      case Request.Success success -> success(success, account);
      case Request.Delete delete -> delete(delete, account);
    };
  }

  private static OutcomeCode dead(ModelAccount account) {
    return account.state() == State.EXHAUSTED ? OutcomeCode.EXHAUSTED : OutcomeCode.NOT_REGISTERED;
  }

  private Expected start(Request.RegisterStart request, ModelAccount account) {
    RequestHash hash = request.hash();
    if (account.lastId().equals(Optional.of(request.id()))) {
      return refused(request, account, OutcomeCode.REGISTRATION_FINISHED);
    }
    Optional<Pending> pending =
        account.pending().filter(p -> p.id().equals(request.id()) && p.request().equals(hash));
    if (pending.isEmpty() && account.stale(request.header().seenK(), k)) {
      return refused(request, account, OutcomeCode.STALE);
    }
    Pending now = pending.orElse(new Pending(request.id(), hash, k, position));
    return new Expected(
        request,
        account.started(now),
        OutcomeCode.ACCEPTED,
        account.attempts(),
        Optional.of("start " + hash.value().hex() + " at " + now.k() + "/" + now.position()));
  }

  private Expected finish(Request.RegisterFinish request, ModelAccount account) {
    RequestHash hash = request.hash();
    if (account.lastFinish().equals(Optional.of(hash))) {
      boolean live = account.state() == State.ACTIVE;
      return live
          ? answered(request, account, OutcomeCode.ACCEPTED)
          : refused(request, account, dead(account));
    }
    boolean pending =
        account
            .pending()
            .filter(p -> p.id().equals(request.registration().id()))
            .filter(p -> p.k() == request.k() && p.position() == request.position())
            .isPresent();
    if (!pending) {
      return refused(request, account, OutcomeCode.NOT_PENDING);
    }
    if (account.stale(request.header().seenK(), k)) {
      return refused(request, account, OutcomeCode.STALE);
    }
    if (request.registration().limit() > fleet.settings().guessLimitMax()) {
      return refused(request, account, OutcomeCode.NOT_ACCEPTABLE);
    }
    boolean alive = account.state() == State.ACTIVE;
    boolean owner = alive && ownerAgrees(request, account);
    if (!owner && !loginAgrees(request, alive)) {
      return refused(request, account, OutcomeCode.NOT_AUTHORISED);
    }
    if (alive && account.failures() >= 3 * account.registration().orElseThrow().limit()) {
      return exhausted(request, account);
    }
    Kind kind = !alive ? Kind.REGISTERED : owner ? Kind.REPLACED : Kind.REPLACED_WITHOUT_PROOF;
    ModelAccount stored =
        account.registered(request.registration(), hash, k, owner).remembering(kind, k);
    return answered(request, stored, OutcomeCode.ACCEPTED);
  }

  private Expected exhausted(Request request, ModelAccount account) {
    ModelAccount dead = account.dead(State.EXHAUSTED, account.floor(), Optional.empty());
    return answered(request, dead.remembering(Kind.EXHAUSTED, k), OutcomeCode.EXHAUSTED);
  }

  private static boolean ownerAgrees(Request.RegisterFinish request, ModelAccount account) {
    return request.authorisation() instanceof Authorisation.Owner owner
        && ownerSigned(account, SignedTexts.ownerReplace(account.generation(), request), owner);
  }

  /** Over nothing alive a login is needed whatever the settings say: docs/decisions/0005. */
  private boolean loginAgrees(Request.RegisterFinish request, boolean alive) {
    return request.authorisation() instanceof Authorisation.Login login
        && (!alive || fleet.settings().replaceByLogin())
        && loggedIn(request, login);
  }

  private static boolean ownerSigned(ModelAccount account, Bytes text, Authorisation.Owner owner) {
    Bytes key = account.registration().orElseThrow().ownerKey();
    return Ed25519.verify(key, text, owner.signature());
  }

  private boolean loggedIn(Request request, Authorisation.Login login) {
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

  private Expected attempt(Request.Attempt request, ModelAccount account) {
    if (account.state() != State.ACTIVE) {
      return refused(request, account, dead(account));
    }
    RequestHash hash = request.hash();
    for (Guess guess : account.open()) {
      if (guess.same(request.id(), hash)) {
        return granted(request, account, guess.number());
      }
    }
    if (account.stale(request.header().seenK(), k)) {
      return refused(request, account, OutcomeCode.STALE);
    }
    if (account.guessesLeft() == 0) {
      return exhausted(request, account);
    }
    ModelAccount guessed =
        account
            .guessed(request.header().subject(), request.id(), hash)
            .remembering(Kind.ATTEMPT, k);
    return granted(request, guessed, guessed.attempts());
  }

  /** One key a period: from one success, or registration, to the next (INV-2). */
  private static Expected granted(Request.Attempt request, ModelAccount account, long number) {
    String period =
        "period "
            + account.registrationHash().hex()
            + " after "
            + account.lastSuccess().map(guess -> guess.request().value().hex()).orElse("none");
    return new Expected(request, account, OutcomeCode.ACCEPTED, number, Optional.of(period));
  }

  private Expected success(Request.Success request, ModelAccount account) {
    if (account.state() != State.ACTIVE) {
      return refused(request, account, dead(account));
    }
    Bytes text =
        SignedTexts.recoveryProof(
            request.header().subject(),
            account.generation(),
            request.id(),
            request.attemptNumber(),
            request.attemptRequest(),
            request.trailBefore());
    Bytes key = account.registration().orElseThrow().authKey();
    Guess named =
        new Guess(
            request.id(), request.attemptRequest(), request.attemptNumber(), request.trailBefore());
    boolean proved =
        request.generation() == account.generation() && Ed25519.verify(key, text, request.proof());
    boolean again = account.lastSuccess().equals(Optional.of(named));
    if (!proved || !(again || account.open().contains(named))) {
      return refused(request, account, OutcomeCode.NOT_PROVED);
    }
    ModelAccount after = again ? account : account.succeeded(named, k).remembering(Kind.SUCCESS, k);
    return new Expected(
        request, after, OutcomeCode.ACCEPTED, request.attemptNumber(), Optional.empty());
  }

  private Expected delete(Request.Delete request, ModelAccount account) {
    if (account.state() == State.DELETED
        && account.deletedBy().equals(Optional.of(request.hash()))) {
      return answered(request, account, OutcomeCode.ACCEPTED);
    }
    if (account.state() != State.ACTIVE) {
      return refused(request, account, dead(account));
    }
    Bytes text = SignedTexts.ownerDelete(request);
    boolean allowed =
        request.authorisation() instanceof Authorisation.Owner owner
            && ownerSigned(account, text, owner)
            && request.generation() == account.generation();
    if (!allowed) {
      return refused(request, account, OutcomeCode.NOT_AUTHORISED);
    }
    if (account.stale(request.header().seenK(), k)) {
      return refused(request, account, OutcomeCode.STALE);
    }
    ModelAccount deleted = account.dead(State.DELETED, k, Optional.of(request.hash()));
    return answered(request, deleted.remembering(Kind.DELETED, k), OutcomeCode.ACCEPTED);
  }
}
