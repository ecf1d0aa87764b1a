package dev.coffer.client.operation;

import dev.coffer.client.Authority;
import dev.coffer.client.Cause;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Presence;
import dev.coffer.client.exchange.Blinded;
import dev.coffer.client.exchange.Evaluation;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.PendingEnrolment;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport.Replies;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One enrolment: PROTOCOL.md §6.3, step (6). A registration made from an evaluation that one HSM
 * falsified could never be opened again, so nothing is finished before t+1 HSMs agree; and a finish
 * that may be under way is brought to its certified end before anything else is begun.
 */
public final class Enroller {
  private final Session session;
  private final Subject subject;
  private final LoginProvider login;
  private final RecoveryCode code;
  private final BackupSecret secret;
  private final Authority authority;
  private final List<Integer> suspects = new ArrayList<>();

  public Enroller(
      Session session,
      LoginProvider login,
      RecoveryCode code,
      BackupSecret secret,
      Authority authority) {
    this.session = session;
    this.subject = session.subject();
    this.login = login;
    this.code = code;
    this.secret = secret;
    this.authority = authority;
  }

  public Enrolment run() throws OperationAborted {
    Optional<PendingEnrolment> kept = session.memory().enrolment(subject);
    for (int round = 0; round < RetryPolicy.ROUNDS; round++) {
      PendingEnrolment pending = kept.isPresent() ? kept.get() : begin();
      kept = Optional.empty();
      try (pending) {
        boolean mine = pending.blinded().blinds(subject, code) && sameSecret(pending);
        if (mine || pending.finish().isPresent()) {
          Optional<Enrolment> end = pending.finish().isPresent() ? finish(pending) : start(pending);
          if (mine && end.isPresent()) {
            return end.get();
          }
        }
      }
      session.memory().dropEnrolment(subject);
    }
    return new Enrolment.TryAgain(RetryPolicy.AGAIN_LATER, Cause.CONTENTION);
  }

  /**
   * Whether a registration is alive here. Asks by the start of one, which counts nothing, and goes
   * no further; so it is not kept, either, and what is kept here stays. Certified outcomes name
   * what is alive in every case, also where the start itself is refused: an old certificate, shown
   * to a device that has seen no newer one, makes no slot look empty.
   */
  public boolean occupied() throws OperationAborted {
    return alive().isPresent();
  }

  /** The same, with what that outcome says of it. */
  public Optional<Presence.Registered> alive() throws OperationAborted {
    try (PendingEnrolment pending = starting()) {
      Outcome outcome = session.exchange(pending.start(), Replies.QUORUM).outcome();
      Bytes hash = outcome.registrationHash();
      if (hash.equals(Bytes.zeros(Limits.DIGEST))) {
        return Optional.empty();
      }
      boolean changed =
          session
              .memory()
              .registered(subject)
              .filter(seen -> !seen.hash().equals(hash))
              .isPresent();
      return Optional.of(new Presence.Registered(outcome.guessesLeft(), changed));
    }
  }

  private boolean sameSecret(PendingEnrolment pending) {
    return pending.finish().isEmpty()
        || pending
            .finish()
            .get()
            .request()
            .as(Request.RegisterFinish.class)
            .registration()
            .ownerKey()
            .equals(KeySchedule.ownerKey(secret, subject));
  }

  private PendingEnrolment begin() throws OperationAborted {
    PendingEnrolment pending = starting();
    session.memory().keep(subject, pending);
    return pending;
  }

  private PendingEnrolment starting() throws OperationAborted {
    Blinded blinded = Blinded.of(session.randomness(), subject, code);
    RegistrationId id = new RegistrationId(session.randomness().bytes(Limits.DIGEST));
    OpenRequest open =
        session.open(header -> new Request.RegisterStart(header, id, blinded.element()));
    return PendingEnrolment.starting(open, blinded);
  }

  /** Empty: begin again with a new registration. */
  private Optional<Enrolment> start(PendingEnrolment pending) throws OperationAborted {
    Verified verified = session.exchange(pending.start(), Replies.ALL);
    Optional<Optional<Enrolment>> refused = refusal(verified.outcome());
    if (refused.isPresent()) {
      return refused.get();
    }
    Evaluation evaluation = Evaluation.of(session.hsms(), verified);
    if (!(evaluation instanceof Evaluation.Confirmed)) {
      verified = session.exchange(pending.start(), Replies.ALL);
      refused = refusal(verified.outcome());
      if (refused.isPresent()) {
        return refused.get();
      }
      evaluation = Evaluation.of(session.hsms(), verified);
    }
    suspects.addAll(verified.suspects());
    if (!(evaluation instanceof Evaluation.Confirmed confirmed)) {
      return Optional.of(new Enrolment.TryAgain(RetryPolicy.AGAIN_LATER, Cause.TOO_FEW_HSMS));
    }
    suspects.addAll(confirmed.result().liars());
    return prepare(pending, verified, confirmed.result().element());
  }

  /** The outcome's end if it is not ACCEPTED; inside, empty means to begin again. */
  private Optional<Optional<Enrolment>> refusal(Outcome outcome) throws OperationAborted {
    return switch (outcome.code()) {
      case ACCEPTED -> Optional.empty();
      // NOT_REGISTERED: a finish sent again after another device deleted what it had stored.
      case STALE, REGISTRATION_FINISHED, NOT_PENDING, NOT_REGISTERED ->
          Optional.of(Optional.empty());
      case NOT_AUTHORISED -> ended(notAuthorised());
      case NOT_ACCEPTABLE -> ended(new Enrolment.NotAcceptable());
      case EXHAUSTED -> {
        session.memory().dropRegistered(subject);
        yield ended(new Enrolment.Exhausted());
      }
      case NOT_PROVED, MALFORMED -> throw OperationAborted.untrusted(Distrust.UNEXPECTED_OUTCOME);
    };
  }

  private Optional<Optional<Enrolment>> ended(Enrolment end) throws OperationAborted {
    session.memory().dropEnrolment(subject);
    return Optional.of(Optional.of(end));
  }

  private Enrolment notAuthorised() {
    return new Enrolment.NotAuthorised(settings().replaceByLogin());
  }

  private FleetSettings settings() {
    return session.trusted().fleet().settings();
  }

  private Optional<Enrolment> prepare(
      PendingEnrolment pending, Verified verified, RistrettoElement element)
      throws OperationAborted {
    Outcome outcome = verified.outcome();
    boolean live = !outcome.registrationHash().equals(Bytes.zeros(Limits.DIGEST));
    boolean useless =
        authority instanceof Authority.None
            || (authority instanceof Authority.Login && !settings().replaceByLogin());
    if (live && useless) {
      session.memory().dropEnrolment(subject);
      return Optional.of(notAuthorised());
    }
    Registration registration = registration(pending, element);
    StartPayload granted = granted(verified);
    long k = granted.k();
    int position = granted.position();
    OpenRequest bare =
        session.open(header ->
            new Request.RegisterFinish(
                header, k, position, registration, new Authorisation.None()));
    // Whatever ends or begins a registration ends the pending start, so this holds at the finish.
    OpenRequest request =
        live && authority instanceof Authority.Owner owner
            ? byOwner(bare, outcome.generation(), owner)
            : byLogin(bare);
    try (PendingEnrolment finishing =
        pending.finishing(new PendingEnrolment.Finish(request, live))) {
      // A crash from here on repeats this very finish until its outcome is certified (INV-8).
      session.memory().keep(subject, finishing);
      return finish(finishing);
    }
  }

  private static StartPayload granted(Verified verified) throws OperationAborted {
    try {
      return StartPayload.decode(verified.payload());
    } catch (Rejected e) {
      throw OperationAborted.untrusted(Distrust.UNEXPECTED_OUTCOME);
    }
  }

  private Registration registration(PendingEnrolment pending, RistrettoElement element)
      throws OperationAborted {
    RegistrationId id = pending.start().as(Request.RegisterStart.class).id();
    try (SecretBytes output = pending.blinded().finish(subject, code, element);
        SecretBytes stretched = session.stretch(output, session.policy().ksf());
        SecretBytes authSeed = KeySchedule.authSeed(stretched, subject, id)) {
      return new Registration(
          Ed25519.publicKey(authSeed),
          KeySchedule.ownerKey(secret, subject),
          KeySchedule.wrap(session.randomness(), stretched, subject, id, secret),
          Math.min(session.policy().guessLimit(), settings().guessLimitMax()),
          session.policy().ksf(),
          id);
    }
  }

  /** The same request with the word of the K that the live registration protects. */
  private OpenRequest byOwner(OpenRequest bare, long oldGeneration, Authority.Owner owner) {
    Request.RegisterFinish finish = bare.as(Request.RegisterFinish.class);
    try (SecretBytes seed = KeySchedule.ownerSeed(owner.secret(), subject)) {
      Bytes text = SignedTexts.ownerReplace(oldGeneration, finish);
      return bare.with(authorised(finish, new Authorisation.Owner(Ed25519.sign(seed, text))));
    }
  }

  /**
   * The same request with the login's word for its content: needed where no registration is alive,
   * also by who holds the K of the one that was.
   */
  private OpenRequest byLogin(OpenRequest bare) throws OperationAborted {
    Authorisation.Login word = LoginWord.over(session.trusted().fleet().id(), login, bare);
    return bare.with(authorised(bare.as(Request.RegisterFinish.class), word));
  }

  private static Request authorised(Request.RegisterFinish finish, Authorisation by) {
    return new Request.RegisterFinish(
        finish.header(), finish.k(), finish.position(), finish.registration(), by);
  }

  /** Empty: begin again with a new registration. */
  private Optional<Enrolment> finish(PendingEnrolment pending) throws OperationAborted {
    PendingEnrolment.Finish finish = pending.finish().orElseThrow();
    Verified verified = session.exchange(finish.request(), Replies.QUORUM);
    Optional<Optional<Enrolment>> refused = refusal(verified.outcome());
    if (refused.isPresent()) {
      return refused.get();
    }
    Registration registration = finish.request().as(Request.RegisterFinish.class).registration();
    if (!verified.outcome().registrationHash().equals(registration.hash())) {
      throw OperationAborted.untrusted(Distrust.UNEXPECTED_OUTCOME);
    }
    long generation = verified.outcome().generation();
    session.memory().remember(subject, generation, registration.hash());
    // Attempts against what was replaced are over.
    session.memory().dropRecovery(subject);
    session.memory().dropEnrolment(subject);
    return Optional.of(new Enrolment.Enrolled(generation, finish.replaces(), suspects));
  }
}
