package dev.coffer.verification.world;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import dev.coffer.protocol.threshold.Sharing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A device with a login: the user's, who knows the code, or a thief's, who guesses. Repeats each
 * request until its outcome is certified, as 2-protocol §5 says.
 */
final class Client {
  private static final long PATIENCE = 400_000;

  private final World world;
  private final Chance chance;
  private final TestClient me;
  private final boolean thief;
  private final String name;
  private final Map<String, TreeMap<Integer, TestClient.Answer>> answers = new HashMap<>();
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
            : host.up() ? host.newest() : Optional.empty();
    shown.ifPresent(certificate -> {
      world.ledger().believed(certificate);
      seenK = Math.max(seenK, certificate.values().k());
    });
  }

  private void ask(Request request) {
    current = Optional.of(request);
    answers.clear();
    sendings++;
    world.diary().note(name + " asks " + request.type());
    world.diary().done("requests");
    send(request);
  }

  private void send(Request request) {
    int admitting = 1 + chance.below(world.setting().n());
    SealedMessage message = me.seal(request, admitting);
    world.ledger().sealed(message.sealed(), me, request);
    world.attackers().saw(message);
    world.post(this, message);
    if (!world.healed() && chance.oneIn(8)) {
      // Another device, or a second tap: the same request through another HSM.
      SealedMessage twin = me.seal(request, 1 + chance.below(world.setting().n()));
      world.ledger().sealed(twin.sealed(), me, request);
      world.post(this, twin);
    }
    long sent = sendings;
    world
        .loop()
        .after(
            PATIENCE + chance.below(200_000),
            () -> {
              if (sendings == sent && current.equals(Optional.of(request))) {
                world.diary().done("retries");
                send(request);
              }
            });
  }

  /** A reply of one HSM. */
  void answered(Reply reply) {
    if (current.isEmpty()) {
      return;
    }
    Request request = current.get();
    try {
      reply.certificate().verify(world.fleet());
      TestFleet.Ordered ordered =
          new TestFleet.Ordered(
              Bytes.EMPTY,
              reply.certificate(),
              reply.leaves(),
              List.of(List.of(new HsmPort.PositionedReply(reply.position(), reply.sealed()))));
      TestClient.Answer answer = me.open(request, ordered, reply.position());
      String place = reply.certificate().values().head() + "/" + reply.position();
      TreeMap<Integer, TestClient.Answer> here =
          answers.computeIfAbsent(place, unused -> new TreeMap<>());
      here.put(reply.sealed().index(), answer);
      if (answer.partials().isEmpty() || here.size() >= world.setting().t()) {
        decide(request, reply.certificate(), here);
      }
    } catch (Rejected | AssertionError e) {
      world.diary().done("answers to something else");
    }
  }

  private void decide(
      Request request, Certificate certificate, TreeMap<Integer, TestClient.Answer> here)
      throws Rejected {
    Spot spot = world.ledger().believed(certificate);
    seenK = Math.max(seenK, certificate.values().k());
    List<Sharing.Partial<RistrettoElement>> partials = new ArrayList<>();
    here.values().forEach(answer -> partials.addAll(answer.partials()));
    TestClient.Answer first = here.firstEntry().getValue();
    TestClient.Answer whole = new TestClient.Answer(first.outcome(), first.payload(), partials);
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
        later(chance.below(300_000));
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
