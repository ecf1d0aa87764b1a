package dev.coffer.client.operation;

import dev.coffer.client.Cause;
import dev.coffer.client.Recovery;
import dev.coffer.client.exchange.Blinded;
import dev.coffer.client.exchange.Evaluation;
import dev.coffer.client.exchange.Finding;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.PendingRecovery;
import dev.coffer.client.exchange.SecondMessage;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport.Replies;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.trust.ClientPolicy;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One recovery: PROTOCOL.md §6.3, steps (5) and (7), and what follows.
 *
 * <p>What is sent does not depend on whether the code is right (INV-10). Every attempt asks all
 * HSMs at once; where that confirms nothing it asks once more, before the code is tried; where the
 * HSMs contradict each other it tries the code on every result that enough of them stand behind;
 * and the second message goes out in every case, with a random proof where there is no real one.
 * Either is kept before it is sent, and nothing is told before its outcome is certified: who holds
 * it back sees the same message again, alone, and the call ends with it whatever it stood for.
 *
 * <p>What was found stays in the memory until {@link #settle}, for a call asks other fleets, too:
 * if the app dies while it does, the next call goes on with the same message here, at no cost of a
 * guess (INV-8) and whatever the code proved to be (INV-10).
 */
public final class Recoverer implements AutoCloseable {
  /**
   * Candidates tried where HSMs contradict each other: all of five HSMs', the likelier of seven's.
   */
  private static final int CANDIDATES_MAX = 10;

  private final Session session;
  private final Subject subject;
  private final RecoveryCode code;

  /** The result that the code opened, stretched: once a recovery, not once a message. */
  private Optional<Stretched> stretched = Optional.empty();

  private Kept kept = Kept.UNFINISHED;

  /** What was recovered. */
  private Optional<Found> found = Optional.empty();

  /** What becomes of the kept attempt once every fleet has been asked. */
  private enum Kept {
    /** It goes on where it stopped. */
    UNFINISHED,
    /** It has its certified end. */
    ENDED,
    /** It has none yet: the attempt is sent again, a second message of its own behind it. */
    AGAIN
  }

  private record Found(long generation, Bytes registrationHash) {}

  private static final class Stretched {
    private final Bytes element;
    private final SecretBytes secret;

    private Stretched(Bytes element, SecretBytes secret) {
      this.element = element;
      this.secret = secret;
    }
  }

  public Recoverer(Session session, RecoveryCode code) {
    this.session = session;
    this.subject = session.subject();
    this.code = code;
  }

  public Recovery run() throws OperationAborted {
    Optional<PendingRecovery> before = session.memory().recovery(subject);
    if (before.isPresent() && !before.get().blinded().blinds(subject, code)) {
      // Another code is another guess. What is kept stays until the new attempt takes its place.
      before.get().close();
      before = Optional.empty();
    }
    for (int round = 0; round < RetryPolicy.ROUNDS; round++) {
      PendingRecovery pending = before.isPresent() ? before.get() : begin();
      before = Optional.empty();
      try (pending) {
        Optional<Recovery> end =
            pending.second().isPresent() ? Optional.of(end(pending, List.of())) : attempt(pending);
        if (end.isPresent()) {
          return end.get();
        }
      }
      // The record moved on before this attempt, which was not counted.
      session.memory().dropRecovery(subject);
    }
    return new Recovery.TryAgain(RetryPolicy.AGAIN_LATER, Cause.CONTENTION);
  }

  /**
   * Once every fleet has been asked: erases an attempt that has its certified end, and remembers
   * the registration that it opened.
   */
  public void settle() throws OperationAborted {
    if (found.isPresent()) {
      session.memory().remember(subject, found.get().generation(), found.get().registrationHash());
    }
    switch (kept) {
      case UNFINISHED -> {
        // The next call sends the message once more.
      }
      // A crash before this line recovers once more; the success has reset the guesses.
      case ENDED -> session.memory().dropRecovery(subject);
      case AGAIN -> {
        Optional<PendingRecovery> pending = session.memory().recovery(subject);
        if (pending.isPresent()) {
          try (PendingRecovery again = pending.get()) {
            session.memory().keep(subject, again.again());
          }
        }
      }
    }
  }

  private PendingRecovery begin() throws OperationAborted {
    Blinded blinded = Blinded.of(session.randomness(), subject, code);
    AttemptId id = new AttemptId(session.randomness().bytes(Limits.DIGEST));
    OpenRequest open = session.open(header -> new Request.Attempt(header, id, blinded.element()));
    PendingRecovery pending = PendingRecovery.attempting(open, blinded);
    // A crash from here on is resumed with this very request: the guess it may cost is spent once.
    session.memory().keep(subject, pending);
    return pending;
  }

  /** Empty: begin again with a new attempt. */
  private Optional<Recovery> attempt(PendingRecovery pending) throws OperationAborted {
    Verified verified = session.exchange(pending.attempt(), Replies.ALL);
    Optional<Optional<Recovery>> refused = refusal(verified.outcome());
    if (refused.isPresent()) {
      return refused.get();
    }
    Evaluation evaluation = Evaluation.of(session.hsms(), verified);
    if (!(evaluation instanceof Evaluation.Confirmed)) {
      Verified again = session.exchange(pending.attempt(), Replies.ALL);
      refused = refusal(again.outcome());
      if (refused.isPresent()) {
        return refused.get();
      }
      if (again.partials().size() >= verified.partials().size()) {
        verified = again;
        evaluation = Evaluation.of(session.hsms(), verified);
      }
    }
    return Optional.of(judge(pending, verified, evaluation));
  }

  /** The outcome's end if it is not ACCEPTED; inside, empty means to begin again. */
  private Optional<Optional<Recovery>> refusal(Outcome outcome) throws OperationAborted {
    return switch (outcome.code()) {
      case ACCEPTED -> Optional.empty();
      case STALE, NOT_PROVED -> Optional.of(Optional.empty());
      case NOT_REGISTERED -> {
        kept = Kept.ENDED;
        yield Optional.of(Optional.of(new Recovery.NotRegistered()));
      }
      case EXHAUSTED -> Optional.of(Optional.of(exhausted()));
      case REGISTRATION_FINISHED, NOT_PENDING, NOT_AUTHORISED, NOT_ACCEPTABLE, MALFORMED ->
          throw OperationAborted.untrusted(Distrust.UNEXPECTED_OUTCOME);
    };
  }

  private Recovery exhausted() throws OperationAborted {
    kept = Kept.ENDED;
    session.memory().dropRegistered(subject);
    return new Recovery.Exhausted();
  }

  private Recovery judge(PendingRecovery pending, Verified verified, Evaluation evaluation)
      throws OperationAborted {
    Outcome outcome = verified.outcome();
    Optional<AttemptPayload> decoded = decoded(verified);
    Optional<Finding> unacceptable = unacceptable(outcome, decoded);
    if (unacceptable.isPresent()) {
      // What this client accepts is no host's business: it goes on as it does after a wrong code.
      return prepared(pending, pretence(pending, verified, unacceptable.get()), List.of());
    }
    AttemptPayload payload = decoded.orElseThrow();
    Optional<Evaluation.Candidate> opened = opened(pending, payload, evaluation.candidates());
    if (opened.isPresent()) {
      List<Integer> suspects = new ArrayList<>(verified.suspects());
      suspects.addAll(opened.get().liars());
      return prepared(pending, proof(pending, outcome, payload, opened.get().element()), suspects);
    }
    Finding finding = unopened(outcome, payload, evaluation);
    return prepared(pending, pretence(pending, verified, finding), List.of());
  }

  private static Finding unopened(Outcome outcome, AttemptPayload payload, Evaluation evaluation) {
    if (evaluation instanceof Evaluation.Confirmed) {
      return new Finding.Wrong(
          outcome.guessesLeft(), outcome.generation(), payload.replacedWithoutProof());
    }
    // Not a wrong code: one HSM can make any result of exactly t answers wrong.
    return evaluation instanceof Evaluation.TooFew
        ? Finding.Open.TOO_FEW_HSMS
        : Finding.Open.UNCONFIRMED;
  }

  private static Optional<AttemptPayload> decoded(Verified verified) {
    try {
      return Optional.of(AttemptPayload.decode(verified.payload()));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }

  /** Why the code is not even tried. */
  private static Optional<Finding> unacceptable(Outcome outcome, Optional<AttemptPayload> payload) {
    if (payload.isEmpty() || payload.get().limit() <= outcome.guessesLeft()) {
      return Optional.of(Finding.Open.UNEXPECTED_OUTCOME);
    }
    return ClientPolicy.accepts(payload.get().ksf())
        ? Optional.empty()
        : Optional.of(Finding.Open.KSF_OUT_OF_POLICY);
  }

  /**
   * The candidate that the code opens: its derived public authKey is the record's. Every candidate
   * is stretched, also after one has opened: how long the second message lets wait must not tell
   * hosts whether there was one (INV-10). A device that cannot stretch one of them stops here,
   * before anything is sent that could tell.
   */
  private Optional<Evaluation.Candidate> opened(
      PendingRecovery pending, AttemptPayload payload, List<Evaluation.Candidate> candidates)
      throws OperationAborted {
    Optional<Evaluation.Candidate> opened = Optional.empty();
    int tried = Math.min(candidates.size(), CANDIDATES_MAX);
    for (Evaluation.Candidate candidate : candidates.subList(0, tried)) {
      SecretBytes key = stretch(pending, payload, candidate.element());
      try (SecretBytes authSeed = KeySchedule.authSeed(key, subject, payload.registrationId())) {
        if (Ed25519.publicKey(authSeed).equals(payload.authKey())) {
          keep(candidate.element(), key);
          opened = Optional.of(candidate);
        } else {
          key.destroy();
        }
      }
    }
    return opened;
  }

  /**
   * Signed only now that the certified outcome of this very attempt is in hand, with its number and
   * the trail before it: the proof holds where the same attempts were counted before it and nowhere
   * else, whatever hosts say.
   */
  private SecondMessage.Proof proof(
      PendingRecovery pending, Outcome outcome, AttemptPayload payload, RistrettoElement element)
      throws OperationAborted {
    Request.Attempt attempt = pending.attempt().as(Request.Attempt.class);
    Bytes text =
        SignedTexts.recoveryProof(
            subject,
            outcome.generation(),
            attempt.id(),
            outcome.attemptNumber(),
            attempt.hash(),
            payload.trailBefore());
    try (SecretBytes authSeed =
        KeySchedule.authSeed(
            stretched(pending, payload, element), subject, payload.registrationId())) {
      OpenRequest success =
          success(pending, outcome, payload.trailBefore(), Ed25519.sign(authSeed, text));
      return new SecondMessage.Proof(
          element.encode(),
          payload,
          outcome.registrationHash(),
          payload.limit() - outcome.guessesLeft(),
          success);
    }
  }

  private SecretBytes stretched(
      PendingRecovery pending, AttemptPayload payload, RistrettoElement element)
      throws OperationAborted {
    if (stretched.isEmpty() || !stretched.get().element.equals(element.encode())) {
      keep(element, stretch(pending, payload, element));
    }
    return stretched.orElseThrow().secret;
  }

  private SecretBytes stretch(
      PendingRecovery pending, AttemptPayload payload, RistrettoElement element)
      throws OperationAborted {
    try (SecretBytes output = pending.blinded().finish(subject, code, element)) {
      return session.stretch(output, payload.ksf());
    }
  }

  private void keep(RistrettoElement element, SecretBytes key) {
    close();
    stretched = Optional.of(new Stretched(element.encode(), key));
  }

  /** Erases what the code was stretched to. */
  @Override
  public void close() {
    stretched.ifPresent(s -> s.secret.destroy());
    stretched = Optional.empty();
  }

  private OpenRequest success(
      PendingRecovery pending, Outcome outcome, Bytes trailBefore, Bytes proof)
      throws OperationAborted {
    Request.Attempt attempt = pending.attempt().as(Request.Attempt.class);
    return session.open(header ->
        new Request.Success(
            header,
            attempt.id(),
            attempt.hash(),
            outcome.attemptNumber(),
            trailBefore,
            outcome.generation(),
            proof));
  }

  /** A second message that proves nothing and looks like one that does. */
  private SecondMessage.Pretence pretence(
      PendingRecovery pending, Verified verified, Finding finding) throws OperationAborted {
    Bytes trail =
        decoded(verified).map(AttemptPayload::trailBefore).orElse(Bytes.zeros(Limits.DIGEST));
    Bytes random = session.randomness().bytes(Limits.SIGNATURE);
    return new SecondMessage.Pretence(finding, success(pending, verified.outcome(), trail, random));
  }

  private Recovery prepared(PendingRecovery pending, SecondMessage second, List<Integer> suspects)
      throws OperationAborted {
    try (PendingRecovery ending = pending.ending(second)) {
      // A crash from here on sends the same message again: a proof resets nothing twice, and what
      // was found without one is told then.
      session.memory().keep(subject, ending);
      return end(ending, suspects);
    }
  }

  /** Sends the second message, alone; the call ends with it, whatever it stands for (INV-10). */
  private Recovery end(PendingRecovery pending, List<Integer> suspects) throws OperationAborted {
    SecondMessage second = pending.second().orElseThrow();
    Verified verified = session.exchange(second.success(), Replies.QUORUM);
    return second instanceof SecondMessage.Proof proof
        ? finish(pending, proof, verified, suspects)
        : report(((SecondMessage.Pretence) second).finding(), verified.outcome());
  }

  /** The record moved on after the attempt. A new one is another call's, as after any verdict. */
  private Recovery overtaken() {
    kept = Kept.ENDED;
    return new Recovery.TryAgain(RetryPolicy.AGAIN_LATER, Cause.CONTENTION);
  }

  /** Tells what the attempt amounted to. The outcome of a random proof says nothing about it. */
  private Recovery report(Finding finding, Outcome outcome) throws OperationAborted {
    if (finding instanceof Finding.Wrong wrong) {
      if (outcome.generation() != wrong.generation()) {
        // Wrong for a registration that is no more: for the present one the code may be right.
        return overtaken();
      }
      kept = Kept.ENDED;
      return new Recovery.WrongCode(
          wrong.guessesLeft(), wrong.generation(), wrong.replacedWithoutProof());
    }
    // The attempt stays free to repeat, and is followed by a second message of its own.
    kept = Kept.AGAIN;
    return switch ((Finding.Open) finding) {
      case UNCONFIRMED -> new Recovery.Unconfirmed(RetryPolicy.AGAIN_LATER);
      case TOO_FEW_HSMS -> new Recovery.TryAgain(RetryPolicy.AGAIN_LATER, Cause.TOO_FEW_HSMS);
      case KSF_OUT_OF_POLICY -> throw OperationAborted.untrusted(Distrust.KSF_OUT_OF_POLICY);
      case UNEXPECTED_OUTCOME -> throw OperationAborted.untrusted(Distrust.UNEXPECTED_OUTCOME);
    };
  }

  private Recovery finish(
      PendingRecovery pending, SecondMessage.Proof proof, Verified verified, List<Integer> suspects)
      throws OperationAborted {
    return switch (verified.outcome().code()) {
      case ACCEPTED -> recovered(pending, proof, verified, suspects);
      // Another device succeeded, registered or deleted meanwhile.
      case STALE, NOT_PROVED, NOT_REGISTERED -> overtaken();
      case EXHAUSTED -> exhausted();
      case REGISTRATION_FINISHED, NOT_PENDING, NOT_AUTHORISED, NOT_ACCEPTABLE, MALFORMED ->
          throw OperationAborted.untrusted(Distrust.UNEXPECTED_OUTCOME);
    };
  }

  private Recovery recovered(
      PendingRecovery pending, SecondMessage.Proof proof, Verified verified, List<Integer> suspects)
      throws OperationAborted {
    Registration registration;
    SuccessPayload payload;
    try {
      payload = SuccessPayload.decode(verified.payload());
      registration = payload.registration();
    } catch (Rejected e) {
      throw OperationAborted.untrusted(Distrust.UNEXPECTED_OUTCOME);
    }
    checkSame(registration, proof, verified.outcome());
    BackupSecret secret = unwrap(pending, proof, registration);
    found = Optional.of(new Found(verified.outcome().generation(), registration.hash()));
    kept = Kept.ENDED;
    return new Recovery.Recovered(
        secret,
        verified.outcome().generation(),
        verified.outcome().attemptNumber(),
        payload.history(),
        proof.guessesUsed() - 1,
        suspects,
        verified.outcome().guessesLeft(),
        registration.limit());
  }

  /** What is released is what the attempt was certified against, in every field. */
  private static void checkSame(
      Registration registration, SecondMessage.Proof proof, Outcome outcome)
      throws OperationAborted {
    AttemptPayload payload = proof.payload();
    boolean same =
        registration.hash().equals(outcome.registrationHash())
            && registration.hash().equals(proof.registrationHash())
            && registration.authKey().equals(payload.authKey())
            && registration.ksf().equals(payload.ksf())
            && registration.id().equals(payload.registrationId())
            && registration.wrappedKeyHash().equals(payload.wrappedKeyHash());
    if (!same) {
      throw OperationAborted.untrusted(Distrust.BAD_WRAPPED_KEY);
    }
  }

  private BackupSecret unwrap(
      PendingRecovery pending, SecondMessage.Proof proof, Registration registration)
      throws OperationAborted {
    try {
      SecretBytes key =
          stretched(pending, proof.payload(), Ristretto255.GROUP.decode(proof.evaluated()));
      BackupSecret secret =
          KeySchedule.unwrap(key, subject, registration.id(), registration.wrappedKey());
      // The ownerKey is under H(registration): a K that does not lead to it was put there by
      // another.
      if (!KeySchedule.ownerKey(secret, subject).equals(registration.ownerKey())) {
        secret.destroy();
        throw OperationAborted.untrusted(Distrust.BAD_WRAPPED_KEY);
      }
      return secret;
    } catch (Rejected e) {
      throw OperationAborted.untrusted(Distrust.BAD_WRAPPED_KEY);
    }
  }
}
