package dev.coffer.verification.world;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A device with a login: the user's, who knows the code, or a thief's, who guesses. Repeats each
 * request until its outcome is certified, as PROTOCOL.md §6.3 says.
 */
final class Client {
  private static final int PATIENCE = 800_000;

  private final World world;
  private final Chance chance;
  private final TestClient me;
  private final boolean thief;
  private final String name;
  private long seenK;
  private Optional<Request> current = Optional.empty();
  private String code = "";
  private String typed = "";
  private Bytes secret = Bytes.EMPTY;
  private RegistrationId registration = new RegistrationId(Bytes.zeros(32));
  private boolean registered;
  private long generation;
  private int numbers;
  private long sendings;

  /** Whether all HSMs are wanted: some may lie. */
  private boolean everybody;

  private boolean onlyRecovers;
  private String verdict = "";

  Client(World world, TestClient me, String name, boolean thief) {
    this.world = world;
    this.chance = world.chance();
    this.me = me;
    this.name = name;
    this.thief = thief;
  }

  /** A new device that recovers once with {@code right}. */
  void recoverOnce(String right, RegistrationId known) {
    code = right;
    registration = known;
    onlyRecovers = true;
    registered = true;
    begin();
  }

  /** How the one recovery ended; empty while it goes on. */
  String verdict() {
    return verdict;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Whether it has no request under way. */
  boolean idle() {
    return current.isEmpty();
  }

  Bytes recovered() {
    return secret;
  }

  /** Does the next thing, some time from now. */
  void later(long micros) {
    world
        .loop()
        .after(
            micros,
            () -> {
              if (current.isEmpty() && !world.healed()) {
                begin();
              }
            });
  }

  private void begin() {
    lookAround();
    if (thief) {
      steal();
    } else if (!registered) {
      register();
    } else if (onlyRecovers || chance.oneIn(2)) {
      attempt(code);
    } else {
      switch (chance.below(6)) {
        case 0 -> register();
        case 1 -> ask(deletion(generation, secret));
        default -> attempt(name + " mistypes " + numbers++);
      }
    }
  }

  private Request.Delete deletion(long of, Bytes ownersSecret) {
    Request.Delete bare = me.delete(seenK, of, new Authorisation.None());
    return me.authorised(bare, me.byOwner(ownersSecret, SignedTexts.ownerDelete(bare)));
  }

  private void steal() {
    switch (chance.below(8)) {
      case 0 -> register();
      case 1 -> ask(me.delete(seenK, chance.below(3), me.byOwner(Bytes.zeros(32), Bytes.zeros(9))));
      default -> attempt(name + " guesses " + numbers++);
    }
  }

  private void register() {
    typed = name + " code " + numbers++;
    ask(me.start(me.registrationId(), typed, seenK));
  }

  private void attempt(String with) {
    typed = with;
    ask(me.attempt(with, seenK));
  }

  /** A certificate from any node: verified, and believed if it is newer. */
  private void lookAround() {
    Host host = chance.of(world.hosts());
    Optional<Certificate> shown =
        world.hostile(host.index()) && world.attackers().hasCertificates()
            ? Optional.of(world.attackers().oldCertificate())
            : host.newest();
    shown.ifPresent(certificate -> {
      world.ledger().believed(certificate);
      seenK = Math.max(seenK, certificate.values().k());
    });
  }

  private void ask(Request request) {
    current = Optional.of(request);
    everybody = false;
    world.diary().note(name + " asks " + request.type());
    world.diary().done("requests");
    send(request);
  }

  private void send(Request request) {
    int admitting = 1 + chance.below(world.setting().n());
    SealedMessage message = me.seal(request, admitting);
    world.ledger().sealed(message.sealed(), me, request);
    world.attackers().saw(message);
    long sent = ++sendings;
    world.post().send(this, request, message, everybody);
    if (thief) {
      world.traitors().admit(me, request);
    }
    if (!world.healed() && chance.oneIn(8)) {
      // Another device, or a second tap: the same request through another HSM.
      SealedMessage twin = me.seal(request, 1 + chance.below(world.setting().n()));
      world.ledger().sealed(twin.sealed(), me, request);
      world.post().send(this, request, twin, false);
    }
    again(request, sent, PATIENCE + chance.below(PATIENCE));
  }

  private void again(Request request, long sent, long micros) {
    world
        .loop()
        .after(
            micros,
            () -> {
              if (sendings == sent && current.equals(Optional.of(request))) {
                world.diary().done("retries");
                send(request);
              }
            });
  }

  /** A node refused: nothing is lost, the same request goes out again. */
  void refused(Request request, Refusal.Reason reason) {
    BrokenPromise.unless(
        reason.httpStatus() == 503 || reason == Refusal.Reason.BUSY,
        "INV-8",
        "an honest message was refused: " + reason);
    again(request, sendings, 20_000 + chance.below(200_000));
  }

  /** A node's answer. */
  void answered(VaultAnswer reply) {
    if (current.isEmpty()) {
      return;
    }
    Request request = current.get();
    try {
      reply.certificate().verify(world.fleet());
      TestClient.Answer answer = me.open(request, reply);
      if (answer.partials().isEmpty() || answer.partials().size() >= world.setting().t()) {
        consider(request, reply.certificate(), answer);
      }
    } catch (Rejected | AssertionError e) {
      world.diary().done("answers to something else");
    }
  }

  /** Where an HSM may lie, what t alone say is neither a wrong code nor a key to register under. */
  private void consider(Request request, Certificate certificate, TestClient.Answer answer)
      throws Rejected {
    boolean liars = !world.setting().traitors().isEmpty() && !world.healed();
    Evaluation evaluation = new Evaluation(answer, world.setting().n());
    if (!liars || answer.partials().isEmpty() || evaluation.confirmed()) {
      decide(request, certificate, liars ? evaluation.sound() : answer);
    } else if (request instanceof Request.Attempt attempt) {
      AttemptPayload payload = AttemptPayload.decode(answer.payload());
      Optional<TestClient.Answer> right =
          evaluation.leadingTo(payload.authKey(), me, attempt, typed);
      if (right.isPresent()) {
        decide(request, certificate, right.get());
      } else {
        askEverybody(request);
      }
    } else {
      askEverybody(request);
    }
  }

  private void askEverybody(Request request) {
    world.diary().done("evaluations not confirmed");
    everybody = true;
    again(request, sendings, 20_000 + chance.below(200_000));
  }

  private void decide(Request request, Certificate certificate, TestClient.Answer whole)
      throws Rejected {
    Spot spot = world.ledger().believed(certificate);
    seenK = Math.max(seenK, certificate.values().k());
    current = Optional.empty();
    world.diary().note(name + " learns " + request.type() + " " + whole.code());
    world.diary().done("verdicts");
    switch (request) {
      case Request.RegisterStart start -> started(start, whole);
      case Request.RegisterFinish finish -> finished(finish, whole, spot);
      case Request.Attempt attempt -> attempted(attempt, whole);
      case Request.Success success -> succeeded(whole);
      case Request.Delete delete -> registered &= whole.code() != OutcomeCode.ACCEPTED;
    }
    if (current.isEmpty() && verdict.isEmpty()) {
      if (onlyRecovers) {
        lookAround();
        attempt(code);
      } else {
        later(chance.below(200_000));
      }
    }
  }

  private void started(Request.RegisterStart start, TestClient.Answer whole) throws Rejected {
    if (whole.code() != OutcomeCode.ACCEPTED) {
      return;
    }
    StartPayload place = StartPayload.decode(whole.payload());
    String text = name + " secret " + numbers++ + "-".repeat(32);
    Bytes fresh = Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)).slice(0, 32);
    Registration next =
        me.registration(start, whole, typed, fresh, 1 + chance.below(world.setting().limit()));
    Request.RegisterFinish finish =
        me.finish(seenK, place.k(), place.position(), next, new Authorisation.None());
    boolean alive = !whole.outcome().registrationHash().equals(Bytes.zeros(32));
    if (thief && chance.oneIn(3)) {
      // No login: refused wherever it comes.
      finish = chance.oneIn(2) ? finish : owned(finish, whole.outcome().generation(), fresh);
    } else if (alive && registered && !thief) {
      finish = owned(finish, whole.outcome().generation(), secret);
    } else {
      finish = me.byLogin(finish);
    }
    world.stored(next.hash(), typed, fresh, next.id());
    ask(finish);
  }

  private Request.RegisterFinish owned(
      Request.RegisterFinish bare, long generation, Bytes ownersSecret) {
    return me.authorised(
        bare, me.byOwner(ownersSecret, SignedTexts.ownerReplace(generation, bare)));
  }

  private void finished(Request.RegisterFinish finish, TestClient.Answer whole, Spot spot) {
    Outcome outcome = whole.outcome();
    switch (whole.code()) {
      case ACCEPTED -> {
        BrokenPromise.unless(
            outcome.registrationHash().equals(finish.registration().hash()),
            "INV-5",
            "another registration was acknowledged");
        world.ledger().acknowledged(finish.registration().hash(), spot);
        world.diary().done("registrations acknowledged");
        registered = true;
        code = typed;
        secret = finish.registration().wrappedKey();
        registration = finish.registration().id();
        generation = outcome.generation();
      }
      case EXHAUSTED -> registered = false;
      default -> world.diary().done("registrations refused");
    }
  }

  private void attempted(Request.Attempt attempt, TestClient.Answer whole) throws Rejected {
    switch (whole.code()) {
      case ACCEPTED -> prove(attempt, whole);
      case NOT_REGISTERED, EXHAUSTED -> {
        registered = false;
        end(whole.code().toString());
      }
      default -> world.diary().done("attempts refused");
    }
  }

  private void end(String how) {
    if (onlyRecovers) {
      verdict = how;
    }
  }

  private void prove(Request.Attempt attempt, TestClient.Answer whole) throws Rejected {
    AttemptPayload payload = AttemptPayload.decode(whole.payload());
    TestClient.CodeKeys keys = me.keys(attempt, typed, whole);
    Outcome outcome = whole.outcome();
    boolean right = keys.authKey().equals(payload.authKey());
    boolean meant = typed.equals(code) && payload.registrationId().equals(registration);
    BrokenPromise.unless(right == meant, "INV-3", "the right code was called wrong");
    world.diary().done(right ? "right codes" : "wrong codes");
    if (right) {
      ask(me.success(attempt, outcome.attemptNumber(), outcome.generation(), keys.authSeed()));
    } else if (onlyRecovers) {
      end("WRONG");
    } else {
      Bytes noise = Bytes.zeros(64);
      ask(me.success(attempt, outcome.attemptNumber(), outcome.generation(), noise));
    }
  }

  private void succeeded(TestClient.Answer whole) throws Rejected {
    if (whole.code() != OutcomeCode.ACCEPTED) {
      return;
    }
    SuccessPayload payload = SuccessPayload.decode(whole.payload());
    generation = whole.outcome().generation();
    secret = payload.registration().wrappedKey();
    world.diary().done("recoveries");
    end("RECOVERED");
  }
}
