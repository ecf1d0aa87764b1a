package dev.coffer.lab.bench;

import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One account of the load generator. Does to the fleet exactly what a client does; leaves out what
 * a client does for itself alone and what would measure this process instead of the fleet: its
 * authKey is made, not derived, so there is no Argon2id; encapsulations are used again; of each
 * answer one HSM's reply is opened, which only that HSM can have sealed, and every {@value
 * #VERIFIED_EVERY}th certificate is verified. Used by one thread at a time.
 */
final class BenchAccount {
  private static final int VERIFIED_EVERY = 64;
  private static final int WRAPPED_KEY = 60;
  private static final Duration LOGIN = Duration.ofHours(2);

  /** Carries a message to HSM {@code index} and brings back the answer of the fleet. */
  interface Carrier {
    Bytes carry(Bytes message, int admittingIndex) throws IOException, InterruptedException;
  }

  private final Fleet fleet;
  private final Subject subject;
  private final Randomness randomness;
  private final SecretBytes authSeed;
  private final SecretBytes deviceKey;
  private final LoginToken token;
  private final Bytes blindedElement;
  private final List<Hpke.Exporter> exporters = new ArrayList<>();
  private final List<Bytes> encapsulations = new ArrayList<>();
  private long seenK;
  private int turn;

  BenchAccount(
      Fleet fleet, DevelopmentIssuer issuer, String account, int first, Randomness randomness)
      throws Rejected {
    this.fleet = fleet;
    this.subject = new Subject(fleet.id(), DevelopmentIssuer.TENANT, account, "code");
    this.randomness = randomness;
    this.authSeed = SecretBytes.random(randomness, Limits.DIGEST);
    this.deviceKey = SecretBytes.random(randomness, Limits.DIGEST);
    this.token = issuer.issue(fleet.id(), account, Ed25519.publicKey(deviceKey), LOGIN);
    this.turn = first;
    RistrettoScalar scalar = Ristretto255.GROUP.randomScalar(randomness);
    this.blindedElement =
        Ristretto255.GROUP.multiply(scalar, Ristretto255.GROUP.generator()).encode();
    for (int i = 1; i <= fleet.settings().n(); i++) {
      Bytes info = SealedReply.encapsulationInfo(fleet.id().value(), i);
      Hpke.Exporter exporter = Hpke.encapsulate(randomness, fleet.hsm(i).sessionKey(), info);
      exporters.add(exporter);
      encapsulations.add(exporter.encapsulation());
    }
  }

  /** The partition's newest k, from a bundle. */
  void seen(long k) {
    seenK = Math.max(seenK, k);
  }

  int partition() {
    return subject.partition(fleet.settings().partitions());
  }

  private RequestHeader header() {
    return new RequestHeader(subject, seenK, encapsulations);
  }

  /** Registers. */
  void register(Carrier carrier) throws IOException, InterruptedException, Rejected {
    RegistrationId id = new RegistrationId(randomness.bytes(Limits.DIGEST));
    // Sent twice, the start is pending where the first sending put it: the payload says where.
    StartPayload started =
        StartPayload.decode(
            exchange(new Request.RegisterStart(header(), id, blindedElement), carrier).payload());
    Registration registration =
        new Registration(
            Ed25519.publicKey(authSeed),
            Ed25519.publicKey(deviceKey),
            randomness.bytes(WRAPPED_KEY),
            Limits.GUESSES_MAX,
            KsfParameters.DEFAULT,
            id);
    Request.RegisterFinish bare =
        new Request.RegisterFinish(
            header(), started.k(), started.position(), registration, new Authorisation.None());
    Bytes text = SignedTexts.loginAuthorisation(fleet.id(), bare, token.tokenHash());
    Authorisation word = new Authorisation.Login(token, Ed25519.sign(deviceKey, text));
    exchange(
        new Request.RegisterFinish(bare.header(), bare.k(), bare.position(), registration, word),
        carrier);
  }

  /** First operation of a recovery: the guess. */
  Guess attempt(Carrier carrier) throws IOException, InterruptedException, Rejected {
    Request.Attempt attempt =
        new Request.Attempt(
            header(), new AttemptId(randomness.bytes(Limits.DIGEST)), blindedElement);
    ReplyContent counted = exchange(attempt, carrier);
    Bytes trailBefore = AttemptPayload.decode(counted.payload()).trailBefore();
    return new Guess(attempt, counted.outcome(), trailBefore);
  }

  /** A counted guess. */
  record Guess(Request.Attempt attempt, Outcome outcome, Bytes trailBefore) {}

  /** Second operation: the proof, which resets the counter. */
  void success(Guess guess, Carrier carrier) throws IOException, InterruptedException, Rejected {
    Bytes text =
        SignedTexts.recoveryProof(
            subject,
            guess.outcome().generation(),
            guess.attempt().id(),
            guess.outcome().attemptNumber(),
            guess.attempt().hash(),
            guess.trailBefore());
    exchange(
        new Request.Success(
            header(),
            guess.attempt().id(),
            guess.attempt().hash(),
            guess.outcome().attemptNumber(),
            guess.trailBefore(),
            guess.outcome().generation(),
            Ed25519.sign(authSeed, text)),
        carrier);
  }

  private ReplyContent exchange(Request request, Carrier carrier)
      throws IOException, InterruptedException, Rejected {
    int admitting = 1 + turn++ % fleet.settings().n();
    Bytes sealed = SealedMessage.seal(randomness, fleet, admitting, request);
    Bytes hash = SealedMessage.sealedHash(request.type(), admitting, sealed);
    Bytes text = LoginAssertion.text(fleet.id(), admitting, hash, token.tokenHash());
    LoginAssertion assertion = new LoginAssertion(token, Ed25519.sign(deviceKey, text));
    Bytes message = new SealedMessage(request.type(), admitting, sealed, assertion).encode();
    VaultAnswer answer = VaultAnswer.decode(carrier.carry(message, admitting));
    if (turn % VERIFIED_EVERY == 0) {
      answer.certificate().verify(fleet);
    }
    seen(answer.certificate().values().k());
    ReplyContent content = open(request, answer);
    Outcome outcome = content.outcome();
    if (outcome.code() != OutcomeCode.ACCEPTED || !outcome.request().equals(request.hash())) {
      throw new IOException("the fleet answered " + outcome.code());
    }
    return content;
  }

  private ReplyContent open(Request request, VaultAnswer answer) throws Rejected {
    SealedReply reply = answer.replies().getFirst();
    SealedReply.Context context =
        new SealedReply.Context(
            reply.index(),
            answer.certificate().values(),
            answer.position(),
            request.type(),
            answer.leaf());
    return reply.open(exporters.get(reply.index() - 1), context);
  }
}
