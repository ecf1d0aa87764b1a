package dev.coffer.hsm.harness;

import dev.coffer.hsm.harness.TestFleet.Ordered;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import dev.coffer.protocol.threshold.Sharing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A user with one account and a device. Stretches codes with HKDF instead of Argon2id, and asks
 * through one HSM unless told otherwise; everything else as PROTOCOL.md §§5.3, 6.3 say.
 */
public final class TestClient {
  private final TestFleet vault;
  private final Fleet fleet;
  private final Subject subject;
  private final Randomness randomness;
  private final SecretBytes device;
  private final LoginToken token;
  private final Map<Request, List<Hpke.Exporter>> exporters = new HashMap<>();
  private final Map<Request, RistrettoScalar> blinds = new HashMap<>();
  private final Map<Request, Bytes> trails = new HashMap<>();

  /** A user of {@code vault}. */
  public TestClient(TestFleet vault, String account, long seed) {
    this.vault = vault;
    this.fleet = vault.fleet();
    this.subject = new Subject(fleet.id(), TestIssuer.TENANT, account, "code");
    this.randomness = MemoryPlatform.seeded(seed);
    this.device = SecretBytes.random(randomness, 32);
    this.token = vault.issuer().login(fleet, account, Ed25519.publicKey(device));
  }

  /** What the fleet certified, and what the HSMs sealed for this client. */
  public record Answer(
      Outcome outcome, Bytes payload, List<Sharing.Partial<RistrettoElement>> partials) {
    /** The verdict. */
    public OutcomeCode code() {
      return outcome.code();
    }
  }

  /** Keys that follow from the right code. */
  public record CodeKeys(SecretBytes authSeed, Bytes authKey) {}

  public Subject subject() {
    return subject;
  }

  public LoginToken token() {
    return token;
  }

  private RequestHeader header(long seenK, List<Hpke.Exporter> made) {
    try {
      for (int i = 1; i <= fleet.settings().n(); i++) {
        made.add(
            Hpke.encapsulate(
                randomness,
                fleet.hsm(i).sessionKey(),
                SealedReply.encapsulationInfo(fleet.id().value(), i)));
      }
      return new RequestHeader(
          subject, seenK, made.stream().map(Hpke.Exporter::encapsulation).toList());
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private <R extends Request> R make(long seenK, Function<RequestHeader, R> body) {
    List<Hpke.Exporter> made = new ArrayList<>();
    R request = body.apply(header(seenK, made));
    exporters.put(request, made);
    return request;
  }

  private SecretBytes input(String code) {
    return SecretBytes.wrap(
        Label.OPRF_INPUT
            .tuple()
            .field(subject.encode())
            .field(code.getBytes(StandardCharsets.UTF_8))
            .toByteArray());
  }

  private <R extends Request> R blinded(String code, Function<Bytes, R> body) {
    try {
      Oprf.Blinding<RistrettoElement, RistrettoScalar> blinding =
          Oprf.RISTRETTO255.blind(input(code), randomness);
      R request = body.apply(blinding.blindedElement().encode());
      blinds.put(request, blinding.blind());
      return request;
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  /** A fresh registration id. */
  public RegistrationId registrationId() {
    return new RegistrationId(randomness.bytes(32));
  }

  public Request.RegisterStart start(RegistrationId id, String code, long seenK) {
    return blinded(
        code, element -> make(seenK, header -> new Request.RegisterStart(header, id, element)));
  }

  public Request.Attempt attempt(String code, long seenK) {
    return attempt(new AttemptId(randomness.bytes(32)), code, seenK);
  }

  /** Under an id of one's own choice. */
  public Request.Attempt attempt(AttemptId id, String code, long seenK) {
    return blinded(
        code, element -> make(seenK, header -> new Request.Attempt(header, id, element)));
  }

  /** Finishes the start that {@code granted} answers. */
  public Request.RegisterFinish finish(
      Request.RegisterStart start, Answer granted, String code, Bytes secret, Authorisation by) {
    try {
      StartPayload place = StartPayload.decode(granted.payload());
      Registration registration = registration(start, granted, code, secret);
      return finish(vault.k(), place.k(), place.position(), registration, by);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  /** Finishes whatever was granted at that place with whatever registration. */
  public Request.RegisterFinish finish(
      long seenK, long k, int position, Registration registration, Authorisation by) {
    return make(seenK, header -> new Request.RegisterFinish(header, k, position, registration, by));
  }

  /** What finishing {@code start} stores. */
  public Registration registration(
      Request.RegisterStart start, Answer granted, String code, Bytes secret) {
    return registration(start, granted, code, secret, 10);
  }

  public Registration registration(
      Request.RegisterStart start, Answer granted, String code, Bytes secret, int limit) {
    return new Registration(
        keys(start, code, granted).authKey(),
        Ed25519.publicKey(owner(secret)),
        secret,
        limit,
        KsfParameters.DEFAULT,
        start.id());
  }

  /** The owner's key seed; K itself serves as the wrapped key in these tests. */
  public SecretBytes owner(Bytes secret) {
    try (SecretBytes k = SecretBytes.copyOf(secret)) {
      return Hkdf.derive(k, Label.OWNER_KEY.tuple().field(subject.encode()), 32);
    }
  }

  /** The OPRF's output for {@code code} under the key shares that evaluated {@code request}. */
  public SecretBytes evaluated(Request request, String code, Answer answer) {
    List<Sharing.Partial<RistrettoElement>> partials = answer.partials();
    Sharing sharing = Sharing.among(fleet.settings().n());
    RistrettoElement combined =
        sharing.combine(Ristretto255.GROUP, partials.subList(0, sharing.t()));
    return Oprf.RISTRETTO255.finalizeOutput(input(code), blinds.get(request), combined);
  }

  /** The keys that follow from that output here: HKDF in place of all stretching. */
  public CodeKeys keys(Request request, String code, Answer answer) {
    SecretBytes y = evaluated(request, code, answer);
    SecretBytes seed = Hkdf.derive(y, Label.AUTH_KEY.tuple().field(subject.encode()), 32);
    return new CodeKeys(seed, Ed25519.publicKey(seed));
  }

  /** The trail before {@code attempt}, as its newest certified outcome gave it. */
  public Bytes trailBefore(Request.Attempt attempt) {
    return trails.getOrDefault(attempt, Bytes.zeros(32));
  }

  public Request.Success success(
      Request.Attempt attempt, long number, long generation, SecretBytes authSeed) {
    return success(attempt, number, trailBefore(attempt), generation, authSeed);
  }

  /** Under a trail of one's own choice. */
  public Request.Success success(
      Request.Attempt attempt, long number, Bytes trail, long generation, SecretBytes authSeed) {
    Bytes proof =
        Ed25519.sign(
            authSeed,
            SignedTexts.recoveryProof(
                subject, generation, attempt.id(), number, attempt.hash(), trail));
    return success(attempt, number, trail, generation, proof);
  }

  public Request.Success success(
      Request.Attempt attempt, long number, long generation, Bytes proof) {
    return success(attempt, number, trailBefore(attempt), generation, proof);
  }

  private Request.Success success(
      Request.Attempt attempt, long number, Bytes trail, long generation, Bytes proof) {
    return make(
        0,
        header ->
            new Request.Success(
                header, attempt.id(), attempt.hash(), number, trail, generation, proof));
  }

  public Request.Delete delete(long generation, Authorisation by) {
    return delete(0, generation, by);
  }

  /** A deletion that knows of {@code seenK}. */
  public Request.Delete delete(long seenK, long generation, Authorisation by) {
    return make(seenK, header -> new Request.Delete(header, generation, by));
  }

  public Authorisation byOwner(Bytes secret, Bytes text) {
    return new Authorisation.Owner(Ed25519.sign(owner(secret), text));
  }

  /** The same request, authorised by the login of this client's device. */
  public <R extends Request> R byLogin(R request) {
    Authorisation login =
        new Authorisation.Login(
            token,
            Ed25519.sign(
                device, SignedTexts.loginAuthorisation(fleet.id(), request, token.tokenHash())));
    return authorised(request, login);
  }

  /** The same request with another authorisation. */
  @SuppressWarnings("unchecked")
  public <R extends Request> R authorised(R request, Authorisation by) {
    Request with =
        switch (request) {
          case Request.RegisterFinish f ->
              new Request.RegisterFinish(f.header(), f.k(), f.position(), f.registration(), by);
          case Request.Delete d -> new Request.Delete(d.header(), d.generation(), by);
          default -> throw new IllegalArgumentException();
        };
    exporters.put(with, exporters.get(request));
    return (R) with;
  }

  /** Seals to HSM {@code index}, afresh each time. */
  public SealedMessage seal(Request request, int index) {
    try {
      Bytes sealed = SealedMessage.seal(randomness, fleet, index, request);
      return new SealedMessage(request.type(), index, sealed, assertion(request, index, sealed));
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private LoginAssertion assertion(Request request, int index, Bytes sealed) {
    Bytes hash = SealedMessage.sealedHash(request.type(), index, sealed);
    Bytes text = LoginAssertion.text(fleet.id(), index, hash, token.tokenHash());
    return new LoginAssertion(token, Ed25519.sign(device, text));
  }

  /** An operation through HSM {@code index}. */
  public Entry.Item admit(Request request, int index) {
    return vault.tryAdmit(index, seal(request, index)).orElseThrow();
  }

  /** An operation through HSM 1. */
  public Entry.Item admit(Request request) {
    return admit(request, 1);
  }

  /** Has {@code request} alone ordered, and opens the answer. */
  public Answer ask(Request request) throws Rejected {
    return open(request, vault.order(admit(request)), 0);
  }

  /** Verifies and opens what the fleet answered at {@code position}. */
  public Answer open(Request request, Ordered ordered, int position) throws Rejected {
    Answer answer =
        open(
            request,
            new VaultAnswer(
                ordered.certificate(),
                ordered.leaves().size(),
                position,
                ordered.leaves().get(position),
                OutcomeTree.path(ordered.leaves(), position),
                ordered.to(position)));
    agree(answer.partials());
    return answer;
  }

  /**
   * Opens what a node answered; its certificate has been verified. Whether the partial results
   * agree is not looked at.
   */
  public Answer open(Request request, VaultAnswer answer) throws Rejected {
    Bytes leaf = answer.leaf();
    int position = answer.position();
    Bytes root = answer.certificate().values().outcomesRoot();
    check(OutcomeTree.contains(root, answer.entrySize(), position, leaf, answer.path()));
    check(
        answer.replies().stream().map(SealedReply::index).distinct().count()
            == answer.replies().size());
    List<ReplyContent> contents = new ArrayList<>();
    List<Sharing.Partial<RistrettoElement>> partials = new ArrayList<>();
    for (SealedReply reply : answer.replies()) {
      SealedReply.Context context =
          new SealedReply.Context(
              reply.index(), answer.certificate().values(), position, request.type(), leaf);
      ReplyContent content = reply.open(exporters.get(request).get(reply.index() - 1), context);
      check(content.outcome().leaf(content.blind()).equals(leaf));
      check(content.outcome().request().equals(request.hash()));
      check(content.outcome().payloadHash().equals(Outcome.payloadHash(content.payload())));
      contents.add(content);
      if (content.partial().isPresent()) {
        RistrettoElement element = Ristretto255.GROUP.decode(content.partial().get());
        partials.add(new Sharing.Partial<>(reply.index(), element));
      }
    }
    check(contents.stream().map(ReplyContent::outcome).distinct().count() == 1);
    ReplyContent first = contents.getFirst();
    if (request instanceof Request.Attempt && first.outcome().code() == OutcomeCode.ACCEPTED) {
      trails.put(request, AttemptPayload.decode(first.payload()).trailBefore());
    }
    return new Answer(first.outcome(), first.payload(), partials);
  }

  private void agree(List<Sharing.Partial<RistrettoElement>> partials) {
    Sharing sharing = Sharing.among(fleet.settings().n());
    if (partials.size() > sharing.t()) {
      check(
          sharing.agree(Ristretto255.GROUP, partials)
                  instanceof Sharing.Agreement.Confirmed<RistrettoElement> confirmed
              && confirmed.liars().isEmpty());
    }
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new AssertionError("the fleet's answer does not verify");
    }
  }

  /** Registers {@code code} over nothing. */
  public Request.RegisterFinish enrol(String code, Bytes secret) throws Rejected {
    Request.RegisterStart start = start(registrationId(), code, vault.k());
    vault.tick();
    Answer granted = ask(start);
    Request.RegisterFinish finish =
        byLogin(finish(start, granted, code, secret, new Authorisation.None()));
    Answer stored = ask(finish);
    check(stored.code() == OutcomeCode.ACCEPTED);
    return finish;
  }

  /** A wrong guess, counted. */
  public Answer guess(String code) throws Rejected {
    return ask(attempt(code, vault.k()));
  }

  /** A whole recovery with the right code: the answer to its Success. */
  public Answer recover(String code) throws Rejected {
    Request.Attempt attempt = attempt(code, vault.k());
    Answer granted = ask(attempt);
    check(granted.code() == OutcomeCode.ACCEPTED);
    SecretBytes seed = keys(attempt, code, granted).authSeed();
    return ask(
        success(attempt, granted.outcome().attemptNumber(), granted.outcome().generation(), seed));
  }
}
