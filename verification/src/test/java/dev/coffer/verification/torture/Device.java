package dev.coffer.verification.torture;

import dev.coffer.client.exchange.Blinded;
import dev.coffer.client.exchange.Evaluation;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.Verified;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.VaultTransport.Replies;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.io.IOException;
import java.util.Optional;

/**
 * One device of an account. Does with the protocol what the client does, with the client's own
 * classes for everything that is sent and verified; only the stretching of the code is left out,
 * which no HSM can see. Notes every call in the account's history. One thread.
 */
final class Device {
  private final Vault vault;
  private final Account account;
  private final int number;
  private final Subject subject;
  private final Vault.Line line;
  private final DeviceLogin login;
  private boolean dying;

  Device(Vault vault, Account account, int number) {
    this.vault = vault;
    this.account = account;
    this.number = number;
    this.subject = vault.subject(account.name());
    this.line = vault.line(account.name(), account.deviceKey());
    this.login = vault.login(account.name(), account.deviceKey());
  }

  /** A guess that was answered. */
  record Guessed(
      int call,
      Request.Attempt attempt,
      Outcome outcome,
      Bytes trailBefore,
      Optional<SecretBytes> opened) {
    /** Whether the code was right. */
    boolean right() {
      return opened.isPresent();
    }
  }

  /** Whether the device is gone as soon as the next call is sent. */
  void dying(boolean soon) {
    dying = soon;
  }

  private static RecoveryCode typed(int code) {
    try {
      return RecoveryCode.typed(("torture code " + code).toCharArray());
    } catch (UnacceptableCode e) {
      throw new IllegalStateException("a made code is acceptable", e);
    }
  }

  private Call sent(Deed deed, OpenRequest open) {
    long seenK = open.request().header().seenK();
    return Call.sent(account.number(), number, deed, seenK, System.nanoTime());
  }

  /** Sends until {@code deadline} and notes what came of it, unless it is a guess's answer. */
  private Optional<Verified> call(Call sent, OpenRequest open, long deadline)
      throws InterruptedException {
    if (dying) {
      line.lastWords(open);
      account.record(sent);
      return Optional.empty();
    }
    Optional<Verified> verified = line.exchange(open, Replies.QUORUM, deadline);
    if (verified.isEmpty()) {
      account.record(sent);
    } else if (!(sent.deed() instanceof Deed.Guess)) {
      note(sent, sent.deed(), verified.get(), false);
    }
    return verified;
  }

  private void note(Call sent, Deed deed, Verified verified, boolean opened) {
    Outcome outcome = verified.outcome();
    Heard heard =
        new Heard(
            outcome.code(),
            outcome.generation(),
            outcome.attemptNumber(),
            outcome.guessesLeft(),
            opened);
    Call.Place place = new Call.Place(verified.values().k(), outcome.position());
    account.record(Call.answered(sent, deed, System.nanoTime(), heard, place));
  }

  /** Registers a code; empty if the device gave up or was refused. */
  Optional<Outcome> register(int code, int limit, long deadline)
      throws InterruptedException, OperationAborted {
    try (RecoveryCode typed = typed(code);
        Blinded blinded = Blinded.of(vault.randomness(), subject, typed)) {
      RegistrationId id = new RegistrationId(vault.randomness().bytes(Limits.DIGEST));
      OpenRequest start =
          line.open(header -> new Request.RegisterStart(header, id, blinded.element()));
      Call sent = sent(new Deed.Start(Optional.empty()), start);
      Optional<Verified> started = line.exchange(start, Replies.ALL, deadline);
      if (started.isEmpty()) {
        account.record(sent);
        return Optional.empty();
      }
      if (started.get().outcome().code() != OutcomeCode.ACCEPTED) {
        note(sent, sent.deed(), started.get(), false);
        return Optional.empty();
      }
      StartPayload payload = payload(started.get());
      Call.Place granted = new Call.Place(payload.k(), payload.position());
      note(sent, new Deed.Start(Optional.of(granted)), started.get(), false);
      Evaluation evaluation = Evaluation.of(vault.fleet().settings().n(), started.get());
      if (!(evaluation instanceof Evaluation.Confirmed confirmed)) {
        return Optional.empty();
      }
      OpenRequest finish;
      try (SecretBytes output = blinded.finish(subject, typed, confirmed.result().element());
          SecretBytes authSeed = KeySchedule.authSeed(output, subject, id)) {
        finish = finish(payload, registration(authSeed, limit, id));
      }
      return call(sent(new Deed.Register(code, limit, granted), finish), finish, deadline)
          .map(Verified::outcome);
    }
  }

  private static StartPayload payload(Verified started) {
    try {
      return StartPayload.decode(started.payload());
    } catch (Rejected e) {
      throw new IllegalStateException("an accepted start cannot be read", e);
    }
  }

  private Registration registration(SecretBytes authSeed, int limit, RegistrationId id) {
    return new Registration(
        Ed25519.publicKey(authSeed),
        KeySchedule.ownerKey(account.secret(), subject),
        vault.randomness().bytes(KeySchedule.WRAPPED),
        limit,
        KsfParameters.DEFAULT,
        id);
  }

  private OpenRequest finish(StartPayload granted, Registration registration)
      throws OperationAborted {
    LoginToken token;
    try {
      token = login.token(vault.fleet().id(), false);
    } catch (IOException e) {
      throw new IllegalStateException("the development issuer does not answer", e);
    }
    OpenRequest bare =
        line.open(header ->
            new Request.RegisterFinish(
                header, granted.k(), granted.position(), registration, new Authorisation.None()));
    Request.RegisterFinish said = bare.as(Request.RegisterFinish.class);
    Bytes text = SignedTexts.loginAuthorisation(vault.fleet().id(), said, token.tokenHash());
    return bare.with(
        new Request.RegisterFinish(
            said.header(),
            said.k(),
            said.position(),
            said.registration(),
            new Authorisation.Login(token, login.sign(text))));
  }

  /** One guess; empty if the device gave up or was refused. */
  Optional<Guessed> guess(int code, long deadline) throws InterruptedException, OperationAborted {
    try (RecoveryCode typed = typed(code);
        Blinded blinded = Blinded.of(vault.randomness(), subject, typed)) {
      AttemptId id = new AttemptId(vault.randomness().bytes(Limits.DIGEST));
      OpenRequest open = line.open(header -> new Request.Attempt(header, id, blinded.element()));
      Call sent = sent(new Deed.Guess(code), open);
      while (true) {
        Optional<Verified> verified = call(sent, open, deadline);
        if (verified.isEmpty()) {
          return Optional.empty();
        }
        if (verified.get().outcome().code() != OutcomeCode.ACCEPTED) {
          note(sent, sent.deed(), verified.get(), false);
          return Optional.empty();
        }
        Evaluation evaluation = Evaluation.of(vault.fleet().settings().n(), verified.get());
        if (evaluation instanceof Evaluation.TooFew && System.nanoTime() - deadline < 0) {
          // Counted, and too few shares of it arrived: the same request again is free (INV-8).
          continue;
        }
        Optional<SecretBytes> opened = opened(typed, blinded, verified.get(), evaluation);
        note(sent, sent.deed(), verified.get(), opened.isPresent());
        return Optional.of(
            new Guessed(
                sent.number(),
                open.as(Request.Attempt.class),
                verified.get().outcome(),
                attempted(verified.get()).trailBefore(),
                opened));
      }
    }
  }

  private Optional<SecretBytes> opened(
      RecoveryCode typed, Blinded blinded, Verified verified, Evaluation evaluation) {
    AttemptPayload payload = attempted(verified);
    for (Evaluation.Candidate candidate : evaluation.candidates()) {
      try (SecretBytes output = blinded.finish(subject, typed, candidate.element())) {
        SecretBytes seed = KeySchedule.authSeed(output, subject, payload.registrationId());
        if (Ed25519.publicKey(seed).equals(payload.authKey())) {
          return Optional.of(seed);
        }
      }
    }
    return Optional.empty();
  }

  private static AttemptPayload attempted(Verified verified) {
    try {
      return AttemptPayload.decode(verified.payload());
    } catch (Rejected e) {
      throw new IllegalStateException("an accepted attempt cannot be read", e);
    }
  }

  /** The second message, with a good proof if the code was right and a random one if not. */
  Optional<Outcome> prove(Guessed guessed, long deadline)
      throws InterruptedException, OperationAborted {
    Outcome outcome = guessed.outcome();
    Bytes text =
        SignedTexts.recoveryProof(
            subject,
            outcome.generation(),
            guessed.attempt().id(),
            outcome.attemptNumber(),
            guessed.attempt().hash(),
            guessed.trailBefore());
    Bytes proof =
        guessed
            .opened()
            .map(seed -> Ed25519.sign(seed, text))
            .orElseGet(() -> vault.randomness().bytes(Limits.SIGNATURE));
    OpenRequest open =
        line.open(header ->
            new Request.Success(
                header,
                guessed.attempt().id(),
                guessed.attempt().hash(),
                outcome.attemptNumber(),
                guessed.trailBefore(),
                outcome.generation(),
                proof));
    Deed deed =
        new Deed.Prove(
            guessed.call(), outcome.attemptNumber(), outcome.generation(), guessed.right());
    return call(sent(deed, open), open, deadline).map(Verified::outcome);
  }

  /** Deletes what the account's devices take for the live registration. */
  Optional<Outcome> delete(long deadline) throws InterruptedException, OperationAborted {
    long generation = account.generation();
    OpenRequest bare =
        line.open(header -> new Request.Delete(header, generation, new Authorisation.None()));
    Request.Delete said = bare.as(Request.Delete.class);
    OpenRequest open;
    try (SecretBytes owner = KeySchedule.ownerSeed(account.secret(), subject)) {
      Bytes signature = Ed25519.sign(owner, SignedTexts.ownerDelete(said));
      open =
          bare.with(
              new Request.Delete(said.header(), generation, new Authorisation.Owner(signature)));
    }
    return call(sent(new Deed.Delete(generation), open), open, deadline).map(Verified::outcome);
  }
}
