package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.StartPayload;
import dev.coffer.protocol.port.HsmAnswerer;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmMethod;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What hosts can measure with a ruler says nothing (INV-10): messages, operations, records, leaves,
 * answers and the frames around them have sizes that depend on the request's type alone, for every
 * type and every outcome that it can have.
 */
@Tag("long")
final class SizesTest {
  private static final Bytes SECRET = Bytes.zeros(60);
  private static final String CODE = "123456";

  private TestFleet fleet = TestFleet.founded(3, 2);
  private TestClient alice = new TestClient(fleet, "alice", 1);
  private final TestClient nobody = new TestClient(fleet, "a much longer account name", 2);
  private final List<Ruler> measured = new ArrayList<>();

  /** Sizes of everything that one request makes hosts see. */
  private record Ruler(
      int message, int operation, int captured, int record, int released, OutcomeCode outcome) {
    Ruler blindfolded() {
      return new Ruler(message, operation, captured, record, released, OutcomeCode.ACCEPTED);
    }

    /** Without what tells whether a record exists: hosts, who hold the records, know that. */
    Ruler recordless() {
      return new Ruler(message, operation, 0, 0, released, OutcomeCode.ACCEPTED);
    }
  }

  private Ruler measure(TestClient client, Request request) throws Rejected {
    int message = client.seal(request, 1).sealed().size();
    Entry.Item item = client.admit(request);
    Bytes entry = new Entry(List.of(item)).encode();
    List<TreeKey> keys = List.of(item.treeKey());
    var book = fleet.host(1).book(fleet.k());
    List<Integer> frames = new ArrayList<>();
    HsmAnswerer answerer = new HsmAnswerer(fleet.host(1).hsm(), fleet.host(1).hsm().founding());
    HsmCaller caller =
        new HsmCaller((HsmMethod method, Bytes body) -> {
          Bytes answer = answerer.answer(method, body);
          frames.add(answer.size());
          return answer;
        });
    var capture = caller.capture(0, fleet.k() + 1, entry, book.records(keys), book.proof(keys));
    // Captured once more by all: the same octets again, nothing changes.
    TestFleet.Ordered ordered = fleet.order(fleet.hosts(2, 3), entry);
    fleet.host(1).capture(fleet.k(), entry);
    caller.release(ordered.certificate(), List.of(0));
    int record = capture.records().getFirst().map(Bytes::size).orElse(0);
    OutcomeCode outcome = client.open(request, ordered, 0).code();
    return new Ruler(
        message, item.operation().size(), frames.get(0), record, frames.get(1), outcome);
  }

  /** Measures what becomes of alice's request, which has to be this. */
  private void expect(OutcomeCode outcome, Request request) throws Rejected {
    Ruler ruler = measure(alice, request);
    assertEquals(outcome, ruler.outcome());
    measured.add(ruler);
  }

  /** All that was measured differs in nothing but the outcome, and each of these came about. */
  private void assertOneSize(Set<OutcomeCode> outcomes) {
    assertEquals(outcomes, measured.stream().map(Ruler::outcome).collect(Collectors.toSet()));
    Set<Ruler> sizes = measured.stream().map(Ruler::blindfolded).collect(Collectors.toSet());
    assertEquals(1, sizes.size(), sizes.toString());
    assertEquals(Limits.RECORD, measured.getFirst().record());
  }

  /** The same of an account without a record, whatever its name's length. */
  private void assertUnknownLooksTheSame(OutcomeCode outcome, Request request) throws Rejected {
    Ruler unknown = measure(nobody, request);
    assertEquals(outcome, unknown.outcome());
    assertEquals(measured.getFirst().recordless(), unknown.recordless());
  }

  private void exhaust() throws Rejected {
    while (alice.guess("000000").code() != OutcomeCode.EXHAUSTED) {
      // Until the first attempt after the last guess.
    }
  }

  private Request.Delete deletion(long seenK, long generation) {
    Request.Delete bare = alice.delete(seenK, generation, new Authorisation.None());
    return alice.authorised(bare, alice.byOwner(SECRET, SignedTexts.ownerDelete(bare)));
  }

  private void delete(long generation) throws Rejected {
    assertEquals(OutcomeCode.ACCEPTED, alice.ask(deletion(fleet.k(), generation)).code());
  }

  @Test
  void attemptsLookTheSameHoweverTheyEnd() throws Exception {
    alice.enrol(CODE, SECRET);
    expect(OutcomeCode.ACCEPTED, alice.attempt(CODE, fleet.k()));
    expect(OutcomeCode.STALE, alice.attempt("654321", fleet.k() + 5));
    for (int i = 0; i < 9; i++) {
      expect(OutcomeCode.ACCEPTED, alice.attempt("00000" + i, fleet.k()));
    }
    expect(OutcomeCode.EXHAUSTED, alice.attempt("999999", fleet.k()));
    expect(OutcomeCode.EXHAUSTED, alice.attempt(CODE, fleet.k()));
    alice.enrol(CODE, SECRET);
    expect(OutcomeCode.ACCEPTED, alice.attempt(CODE, fleet.k()));
    delete(2);
    expect(OutcomeCode.NOT_REGISTERED, alice.attempt(CODE, fleet.k()));
    assertOneSize(
        EnumSet.of(
            OutcomeCode.ACCEPTED,
            OutcomeCode.STALE,
            OutcomeCode.EXHAUSTED,
            OutcomeCode.NOT_REGISTERED));
    assertUnknownLooksTheSame(OutcomeCode.NOT_REGISTERED, nobody.attempt(CODE, fleet.k()));
  }

  @Test
  void successesLookTheSameWhetherTheCodeWasRight() throws Exception {
    alice.enrol(CODE, SECRET);
    Request.Attempt attempt = alice.attempt(CODE, fleet.k());
    TestClient.Answer granted = alice.ask(attempt);
    Request.Success wrong = alice.success(attempt, 1, 1, Bytes.zeros(64));
    Request.Success right =
        alice.success(attempt, 1, 1, alice.keys(attempt, CODE, granted).authSeed());
    expect(OutcomeCode.NOT_PROVED, wrong);
    expect(OutcomeCode.ACCEPTED, right);
    expect(OutcomeCode.ACCEPTED, right);
    exhaust();
    expect(OutcomeCode.EXHAUSTED, right);
    alice.enrol(CODE, SECRET);
    expect(OutcomeCode.NOT_PROVED, right);
    delete(2);
    expect(OutcomeCode.NOT_REGISTERED, right);
    assertOneSize(
        EnumSet.of(
            OutcomeCode.ACCEPTED,
            OutcomeCode.NOT_PROVED,
            OutcomeCode.EXHAUSTED,
            OutcomeCode.NOT_REGISTERED));
    Request.Attempt never = nobody.attempt(CODE, fleet.k());
    assertUnknownLooksTheSame(
        OutcomeCode.NOT_REGISTERED, nobody.success(never, 1, 1, Bytes.zeros(64)));
  }

  @Test
  void startsLookTheSameHoweverTheyEnd() throws Exception {
    Request.RegisterFinish first = alice.enrol(CODE, SECRET);
    Request.RegisterStart start = alice.start(alice.registrationId(), "999999", fleet.k());
    expect(OutcomeCode.ACCEPTED, start);
    expect(OutcomeCode.ACCEPTED, start);
    expect(OutcomeCode.STALE, alice.start(alice.registrationId(), CODE, fleet.k() + 5));
    expect(
        OutcomeCode.REGISTRATION_FINISHED,
        alice.start(first.registration().id(), "999999", fleet.k()));
    exhaust();
    expect(OutcomeCode.STALE, alice.start(alice.registrationId(), CODE, fleet.k() + 5));
    expect(OutcomeCode.ACCEPTED, alice.start(alice.registrationId(), CODE, fleet.k()));
    alice.enrol(CODE, SECRET);
    delete(2);
    expect(OutcomeCode.ACCEPTED, alice.start(alice.registrationId(), CODE, fleet.k()));
    expect(OutcomeCode.STALE, alice.start(alice.registrationId(), CODE, 0));
    assertOneSize(
        EnumSet.of(OutcomeCode.ACCEPTED, OutcomeCode.STALE, OutcomeCode.REGISTRATION_FINISHED));
    // A refusal makes no record, lest anyone fill the tree; an accepted start makes one.
    assertUnknownLooksTheSame(
        OutcomeCode.STALE, nobody.start(nobody.registrationId(), CODE, fleet.k() + 5));
    assertUnknownLooksTheSame(
        OutcomeCode.ACCEPTED, nobody.start(nobody.registrationId(), CODE, fleet.k()));
  }

  /** A start of alice's, granted, and the finish that a login gives for it. */
  private Request.RegisterFinish finish(int limit) throws Rejected {
    Request.RegisterStart start = alice.start(alice.registrationId(), "999999", fleet.k());
    fleet.tick();
    TestClient.Answer granted = alice.ask(start);
    StartPayload place = StartPayload.decode(granted.payload());
    return alice.finish(
        fleet.k(),
        place.k(),
        place.position(),
        alice.registration(start, granted, "999999", SECRET, limit),
        new Authorisation.Owner(Bytes.zeros(64)));
  }

  @Test
  void registrationsLookTheSameWhetherTheyAreAccepted() throws Exception {
    alice.enrol(CODE, SECRET);
    Request.RegisterFinish finish = finish(10);
    Request.RegisterFinish other = finish(10);
    expect(OutcomeCode.NOT_PENDING, alice.byLogin(finish));
    expect(OutcomeCode.NOT_AUTHORISED, other);
    Request.RegisterFinish by = alice.byLogin(other);
    expect(OutcomeCode.ACCEPTED, by);
    expect(OutcomeCode.ACCEPTED, by);
    Request.RegisterFinish held = alice.byLogin(finish(10));
    alice.recover("999999");
    expect(OutcomeCode.STALE, held);
    exhaust();
    expect(OutcomeCode.EXHAUSTED, by);
    alice.enrol(CODE, SECRET);
    Request.RegisterFinish last = alice.byLogin(finish(10));
    expect(OutcomeCode.ACCEPTED, last);
    delete(4);
    expect(OutcomeCode.NOT_REGISTERED, last);
    assertOneSize(
        EnumSet.of(
            OutcomeCode.ACCEPTED,
            OutcomeCode.STALE,
            OutcomeCode.NOT_PENDING,
            OutcomeCode.NOT_AUTHORISED,
            OutcomeCode.NOT_REGISTERED,
            OutcomeCode.EXHAUSTED));
    Request.RegisterFinish unknown =
        nobody.finish(
            fleet.k(), 1, 0, last.registration(), new Authorisation.Owner(Bytes.zeros(64)));
    assertUnknownLooksTheSame(OutcomeCode.NOT_PENDING, unknown);
  }

  @Test
  void aLimitThatTheFleetDoesNotAllowLooksLikeOneThatItDoes() throws Exception {
    TestIssuer issuer = new TestIssuer(7);
    fleet =
        TestFleet.founded(
            new FleetSettings(3, 2, 5, 1, List.of(issuer.tenant()), true, false), issuer);
    alice = new TestClient(fleet, "alice", 1);
    expect(OutcomeCode.NOT_ACCEPTABLE, alice.byLogin(finish(6)));
    expect(OutcomeCode.ACCEPTED, alice.byLogin(finish(5)));
    assertOneSize(EnumSet.of(OutcomeCode.NOT_ACCEPTABLE, OutcomeCode.ACCEPTED));
  }

  @Test
  void deletionsLookTheSameHoweverTheyEnd() throws Exception {
    alice.enrol(CODE, SECRET);
    expect(
        OutcomeCode.NOT_AUTHORISED,
        alice.delete(fleet.k(), 1, new Authorisation.Owner(Bytes.zeros(64))));
    expect(OutcomeCode.NOT_AUTHORISED, alice.byLogin(alice.delete(1, new Authorisation.None())));
    expect(OutcomeCode.NOT_AUTHORISED, deletion(fleet.k(), 2));
    expect(OutcomeCode.STALE, deletion(fleet.k() + 5, 1));
    Request.Delete right = deletion(fleet.k(), 1);
    expect(OutcomeCode.ACCEPTED, right);
    expect(OutcomeCode.ACCEPTED, right);
    expect(OutcomeCode.NOT_REGISTERED, deletion(fleet.k(), 1));
    alice.enrol(CODE, SECRET);
    exhaust();
    expect(OutcomeCode.EXHAUSTED, deletion(fleet.k(), 2));
    assertOneSize(
        EnumSet.of(
            OutcomeCode.ACCEPTED,
            OutcomeCode.STALE,
            OutcomeCode.NOT_AUTHORISED,
            OutcomeCode.NOT_REGISTERED,
            OutcomeCode.EXHAUSTED));
    assertUnknownLooksTheSame(
        OutcomeCode.NOT_REGISTERED, nobody.delete(1, new Authorisation.Owner(Bytes.zeros(64))));
  }

  /** Only hosts make these: an operation under another's name, or one that does not open. */
  @Test
  void aMalformedOperationLeavesARecordOfTheSameSizeAndNoReply() throws Exception {
    alice.enrol(CODE, SECRET);
    Entry.Item own = alice.admit(alice.attempt(CODE, fleet.k()));
    Entry.Item strange = nobody.admit(nobody.attempt(CODE, fleet.k()));
    Bytes damaged = Bytes.zeros(own.operation().size());
    for (Entry.Item item :
        List.of(
            new Entry.Item(own.treeKey(), 1, strange.operation()),
            new Entry.Item(own.treeKey(), 1, damaged))) {
      TestFleet.Ordered ordered = fleet.order(item);
      assertEquals(List.of(), ordered.to(0));
      assertEquals(1, ordered.leaves().size());
      assertEquals(32, ordered.leaves().getFirst().size());
      assertEquals(
          Limits.RECORD, fleet.host(1).book(fleet.k()).record(own.treeKey()).orElseThrow().size());
    }
  }
}
