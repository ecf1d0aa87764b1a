package dev.coffer.verification.search;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.MemoryPlatform;
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
  private final List<Bytes> entries = new ArrayList<>();
  private final List<Request.Attempt> guesses = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final Map<ChainValues, Place> byValues = new HashMap<>();
  private final Request.RegisterStart start;
  private final TestClient.Answer granted;

  FoundedWorld(Setting setting) {
    this(setting, false);
  }

  /**
   * @param neighbour whether a second account, bob's, is registered too
   */
  FoundedWorld(Setting setting, boolean neighbour) {
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
      entries.add(Bytes.zeros(1));
      for (int i = 1; i <= setting.guesses(); i++) {
        Request.Attempt guess = alice.attempt("guess " + i, vault.k());
        guesses.add(guess);
        entries.add(new Entry(List.of(alice.admit(guess, 1))).encode());
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
            host.entry(host.k()),
            host.position().values(),
            host.book(host.k()),
            List.of()));
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
      Bytes octets = entries.get(entry);
      known =
          add(
              new Place(
                  places.size(),
                  Optional.of(before),
                  entry,
                  octets,
                  values,
                  before.book().with(Bench.touched(octets).subList(0, records.size()), records),
                  leaves));
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

  Bytes entry(int number) {
    return entries.get(number);
  }

  Request.Attempt guess(int number) {
    return guesses.get(number - 1);
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
