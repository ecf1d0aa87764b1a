package dev.coffer.analysis.search;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A founded fleet with one registration, where every search begins: HSMs on open platforms that
 * have heard each other, the keys that corrupted ones give away, and what the attacker may have
 * ordered.
 */
final class FoundedWorld {
  static final Bytes SECRET = Bytes.fromHex("07".repeat(32));
  static final String RIGHT_CODE = "right";

  private final Fleet fleet;
  private final TestFleet vault;
  private final TestClient alice;
  private final TestClient bob;
  private final List<OpenPlatform> platforms = new ArrayList<>();
  private final List<HsmCore> cores = new ArrayList<>();
  private final Setting setting;
  private final List<Orderable> orderables = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<Place> places = new ArrayList<>();
  private final Map<ChainValues, Place> byValues = new HashMap<>();
  private final Request.RegisterStart start;
  private final TestClient.Answer granted;

  /**
   * What hosts may have ordered, as one entry.
   *
   * @param guess which of the attacker's guesses it is, from 1; 0 if none
   * @param request whose answer is looked at
   */
  record Orderable(String label, int guess, Optional<Request> request, Bytes octets) {}

  FoundedWorld(Setting setting) {
    this(setting, false);
  }

  /**
   * @param neighbour whether a second account, bob's, is registered too
   */
  FoundedWorld(Setting setting, boolean neighbour) {
    this.setting = setting;
    try {
      TestIssuer issuer = new TestIssuer(7);
      vault =
          TestFleet.founded(
              new FleetSettings(
                  setting.n(),
                  setting.q(),
                  setting.limit(),
                  1,
                  List.of(issuer.tenant()),
                  true,
                  false),
              issuer);
      fleet = vault.fleet();
      alice = new TestClient(vault, "alice", 1);
      start = alice.start(alice.registrationId(), RIGHT_CODE, 0);
      vault.tick();
      granted = alice.ask(start);
      finish(alice, start, granted, setting.limit());
      bob = new TestClient(vault, "bob", 2);
      if (neighbour) {
        Request.RegisterStart his = bob.start(bob.registrationId(), RIGHT_CODE, vault.k() - 1);
        finish(bob, his, bob.ask(his), setting.limit());
      }
      open();
      orderables.add(new Orderable("a tick", 0, Optional.empty(), Bytes.zeros(1)));
      for (int i = 1; i <= setting.guesses(); i++) {
        guess(i, 0);
      }
    } catch (Rejected e) {
      throw new IllegalStateException("the world cannot be set up", e);
    }
  }

  private void finish(
      TestClient client, Request.RegisterStart start, TestClient.Answer granted, int limit)
      throws Rejected {
    StartPayload place = StartPayload.decode(granted.payload());
    Registration registration = client.registration(start, granted, RIGHT_CODE, SECRET, limit);
    vault.order(
        client.admit(
            client.byLogin(
                client.finish(
                    vault.k(),
                    place.k(),
                    place.position(),
                    registration,
                    new Authorisation.None()))));
  }

  private void open() throws Rejected {
    for (TestHost host : vault.hosts()) {
      MemoryPlatform machine = host.platform();
      Bytes image = machine.nvram().read(0).orElseThrow();
      OpenPlatform platform = new OpenPlatform(machine.load().orElseThrow(), image);
      platform.drawFrom(host.index());
      platforms.add(platform);
      cores.add(new HsmCore(platform));
    }
    for (HsmCore core : cores) {
      Bytes nonce = core.challenge(0);
      List<SignedStatus> statuses = new ArrayList<>();
      for (HsmCore other : cores) {
        statuses.add(other.status(0, nonce));
      }
      BrokenPromise.unless(core.hear(0, statuses), "liveness", "all heard all, one stays silent");
    }
    TestHost host = vault.host(1);
    add(
        new Place(
            0,
            Optional.empty(),
            0,
            new Orderable("start", 0, Optional.empty(), host.entry(host.k())),
            host.position().values(),
            host.book(host.k()),
            List.of(),
            Progress.START));
  }

  private int ordered(String label, int guess, Supplier<Request> made) {
    Integer known = numbers.get(label);
    if (known != null) {
      return known;
    }
    Request request = made.get();
    Bytes octets = new Entry(List.of(alice.admit(request, 1))).encode();
    orderables.add(new Orderable(label, guess, Optional.of(request), octets));
    numbers.put(label, orderables.size() - 1);
    return orderables.size() - 1;
  }

  /** The entry of guess {@code number}, made on the knowledge of a place {@code depth} deep. */
  int guess(int number, int depth) {
    String label = "guess " + number + (depth == 0 ? "" : " of depth " + depth);
    return ordered(label, number, () -> alice.attempt("guess " + number, base().k() + depth));
  }

  /** The entry of the user's attempt with the right code. */
  int right() {
    return ordered("the right code", 0, () -> alice.attempt(RIGHT_CODE, base().k()));
  }

  /** The entry of what the user says once that attempt is certified so. */
  int success(Progress.Right certified) {
    return ordered(
        "success " + certified.number() + " after " + certified.trailBefore().hex().substring(0, 8),
        0,
        () ->
            alice.success(
                (Request.Attempt) orderable(right()).request().orElseThrow(),
                certified.number(),
                certified.trailBefore(),
                1,
                rightKeys().authSeed()));
  }

  private Place add(Place place) {
    places.add(place);
    byValues.put(place.values(), place);
    return place;
  }

  /** What an honest capture has shown: entry {@code entry} after {@code before} leads here. */
  Place lead(
      Place before,
      int entry,
      ChainValues values,
      List<Optional<Bytes>> records,
      List<Bytes> leaves) {
    Place known = before.children().get(entry);
    if (known == null) {
      Orderable what = orderable(entry);
      RecordBook book =
          before.book().with(Bench.touched(what.octets()).subList(0, records.size()), records);
      Progress progress =
          setting.recovering() ? before.progress().next(this, before, entry, book) : Progress.START;
      known =
          add(
              new Place(
                  places.size(), Optional.of(before), entry, what, values, book, leaves, progress));
      before.children().put(entry, known);
      BrokenPromise.unless(
          known.book().root().equals(values.root()),
          "INV-7",
          "the root is not that of the records");
    }
    BrokenPromise.unless(
        known.values().equals(values), "INV-7", "one entry on one chain came to different values");
    return known;
  }

  Optional<Place> at(ChainValues values) {
    return Optional.ofNullable(byValues.get(values));
  }

  Place place(int id) {
    return places.get(id);
  }

  int placeCount() {
    return places.size();
  }

  Place base() {
    return places.getFirst();
  }

  Fleet fleet() {
    return fleet;
  }

  TestFleet vault() {
    return vault;
  }

  TestClient alice() {
    return alice;
  }

  /** Whose record lies beside alice's, if the world has a neighbour. */
  TestClient bob() {
    return bob;
  }

  /** The keys that follow from alice's right code. */
  TestClient.CodeKeys rightKeys() {
    return alice.keys(start, RIGHT_CODE, granted);
  }

  Orderable orderable(int number) {
    return orderables.get(number);
  }

  Bytes entry(int number) {
    return orderable(number).octets();
  }

  Setting setting() {
    return setting;
  }

  OpenPlatform platform(int index) {
    return platforms.get(index - 1);
  }

  HsmCore core(int index) {
    return cores.get(index - 1);
  }

  /** What whoever corrupted HSM {@code index} holds. */
  Member member(int index) {
    return HsmMemory.member(core(index));
  }

  /** What the user makes of an answer; a certified answer that does not verify breaks INV-5. */
  TestClient.Answer opened(
      TestClient client, Request request, TestFleet.Ordered ordered, int position) throws Rejected {
    try {
      return client.open(request, ordered, position);
    } catch (AssertionError unverified) {
      throw new BrokenPromise("INV-5", "a client cannot verify a certified answer");
    }
  }

  /** A statement in the name of a corrupted HSM. */
  Statement forge(int index, ChainValues values) {
    return Statement.sign(values, index, member(index).statementKey());
  }

  /** A status in the name of a corrupted HSM. */
  SignedStatus forge(
      int index, Bytes nonce, ChainValues values, Optional<Certificate> certificate) {
    return SignedStatus.sign(index, nonce, values, certificate, member(index).statementKey());
  }
}
