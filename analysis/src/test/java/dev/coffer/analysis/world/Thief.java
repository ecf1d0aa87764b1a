package dev.coffer.analysis.world;

import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.KeySchedule;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import dev.coffer.protocol.threshold.Sharing;
import java.util.List;
import java.util.Optional;

/**
 * A thief with the user's login and a program of its own, which guesses, registers and deletes by
 * right and without, and proves nothing. What the real client never sends, and nothing that needs
 * it.
 */
final class Thief {
  private static final int PATIENCE = 800_000;

  private final World world;
  private final Chance chance;
  private final TestClient me;
  private final String name;
  private long seenK;
  private Optional<Request> current = Optional.empty();
  private String typed = "";
  private int numbers;
  private long sendings;

  /** Whether all HSMs are wanted: some may lie. */
  private boolean everybody;

  Thief(World world, TestClient me, String name) {
    this.world = world;
    this.chance = world.chance();
    this.me = me;
    this.name = name;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Whether it has no request under way. */
  boolean idle() {
    return current.isEmpty();
  }

  /** Does the next thing, some time from now. */
  void later(long micros) {
    world
        .loop()
        .after(
            micros,
            () -> {
              if (current.isEmpty() && !world.healed()) {
                steal();
              }
            });
  }

  private void steal() {
    lookAround();
    switch (chance.below(8)) {
      case 0 -> register();
      case 1 -> ask(me.delete(seenK, chance.below(3), me.byOwner(Bytes.zeros(32), Bytes.zeros(9))));
      default -> {
        typed = name + " guesses " + numbers++;
        ask(me.attempt(typed, seenK));
      }
    }
  }

  /** A certificate from any node: if it is newer, it is the one to name. */
  private void lookAround() {
    Host host = chance.of(world.hosts());
    Optional<Certificate> shown =
        world.hostile(host.index()) ? world.attackers().maybeCertificate() : host.newest();
    shown.ifPresent(certificate -> {
      world.ledger().believed(certificate);
      seenK = Math.max(seenK, certificate.values().k());
    });
  }

  private void register() {
    typed = name + " code " + numbers++;
    ask(me.start(me.registrationId(), typed, seenK));
  }

  private void ask(Request request) {
    current = Optional.of(request);
    everybody = false;
    world.diary().note(name + " asks " + request.type());
    world.diary().done("requests");
    send(request);
  }

  private void send(Request request) {
    post(request, everybody);
    long sent = ++sendings;
    world.traitors().admit(request);
    if (!world.healed() && chance.oneIn(8)) {
      // At the same moment through another HSM.
      post(request, false);
    }
    again(request, sent, PATIENCE + chance.below(PATIENCE));
  }

  private void post(Request request, boolean all) {
    SealedMessage message = me.seal(request, 1 + chance.below(world.setting().n()));
    world.ledger().sent(message);
    world.attackers().saw(message);
    world.post().send(this, request, message, all);
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
    Post.mustBeForNow(reason);
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

  /** Where an HSM may lie, only what t+1 say alike is a key to register under. */
  private void consider(Request request, Certificate certificate, TestClient.Answer answer)
      throws Rejected {
    boolean liars = !world.setting().traitors().isEmpty() && !world.healed();
    if (!(request instanceof Request.RegisterStart) || !liars || answer.partials().isEmpty()) {
      decide(request, certificate, answer);
    } else if (Sharing.among(world.setting().n()).agree(Ristretto255.GROUP, answer.partials())
        instanceof Sharing.Agreement.Confirmed<RistrettoElement> confirmed) {
      decide(request, certificate, only(answer, confirmed.agreeing()));
    } else {
      world.diary().done("evaluations not confirmed");
      everybody = true;
      again(request, sendings, 20_000 + chance.below(200_000));
    }
  }

  private static TestClient.Answer only(TestClient.Answer answer, List<Integer> hsms) {
    return new TestClient.Answer(
        answer.outcome(),
        answer.payload(),
        answer.partials().stream().filter(partial -> hsms.contains(partial.index())).toList());
  }

  private void decide(Request request, Certificate certificate, TestClient.Answer whole)
      throws Rejected {
    world.ledger().believed(certificate);
    seenK = Math.max(seenK, certificate.values().k());
    current = Optional.empty();
    world.diary().note(name + " learns " + request.type() + " " + whole.code());
    if (whole.code() == OutcomeCode.ACCEPTED) {
      if (request instanceof Request.RegisterStart start) {
        finish(start, whole);
      } else if (request instanceof Request.Attempt attempt) {
        Outcome outcome = whole.outcome();
        ask(me.success(attempt, outcome.attemptNumber(), outcome.generation(), Bytes.zeros(64)));
      }
    }
    if (current.isEmpty()) {
      later(chance.below(200_000));
    }
  }

  private void finish(Request.RegisterStart start, TestClient.Answer whole) throws Rejected {
    StartPayload place = StartPayload.decode(whole.payload());
    Bytes secret = Registrations.secret(name + " secret " + numbers++);
    Registration next = registration(start, whole, secret);
    Request.RegisterFinish finish =
        me.finish(seenK, place.k(), place.position(), next, new Authorisation.None());
    if (!chance.oneIn(3)) {
      finish = me.byLogin(finish);
    } else if (chance.oneIn(2)) {
      Bytes text = SignedTexts.ownerReplace(whole.outcome().generation(), finish);
      finish = me.authorised(finish, me.byOwner(secret, text));
    }
    // Otherwise nobody's right: refused wherever it comes.
    world.registrations().meant(me.subject().account(), typed, secret);
    ask(finish);
  }

  /** As the real client makes one, so that it can be recovered from. */
  private Registration registration(
      Request.RegisterStart start, TestClient.Answer granted, Bytes k) {
    Subject subject = me.subject();
    try (BackupSecret secret = BackupSecret.of(SecretBytes.copyOf(k));
        SecretBytes output = me.evaluated(start, typed, granted);
        SecretBytes stretched =
            Device.STRETCHING.stretch(
                output, KeySchedule.stretchingSalt(subject), KsfParameters.DEFAULT);
        SecretBytes authSeed = KeySchedule.authSeed(stretched, subject, start.id())) {
      return new Registration(
          Ed25519.publicKey(authSeed),
          KeySchedule.ownerKey(secret, subject),
          KeySchedule.wrap(world.randomness(), stretched, subject, start.id(), secret),
          1 + chance.below(world.setting().limit()),
          KsfParameters.DEFAULT,
          start.id());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
