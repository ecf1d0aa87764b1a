package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.port.HsmAnswerer;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmMethod;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What hosts can measure with a ruler says nothing (INV-10): messages, operations, records, leaves,
 * answers and the frames around them have sizes that depend on the request's type alone, whatever
 * the outcome.
 */
final class SizesTest {
  private static final Bytes SECRET = Bytes.zeros(60);

  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final TestClient alice = new TestClient(fleet, "alice", 1);
  private final TestClient nobody = new TestClient(fleet, "a much longer account name", 2);

  /** Sizes of everything that one request makes hosts see. */
  private record Ruler(
      int message, int operation, int captured, int record, int released, OutcomeCode outcome) {
    Ruler blindfolded() {
      return new Ruler(message, operation, captured, record, released, OutcomeCode.ACCEPTED);
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

  @Test
  void attemptsLookTheSameHoweverTheyEnd() throws Exception {
    alice.enrol("123456", SECRET);
    Set<Ruler> sizes = new HashSet<>();
    Set<OutcomeCode> outcomes = EnumSet.noneOf(OutcomeCode.class);
    List<Ruler> all = new ArrayList<>();
    all.add(measure(alice, alice.attempt("123456", fleet.k())));
    all.add(measure(alice, alice.attempt("654321", fleet.k() + 5)));
    for (int i = 0; i < 10; i++) {
      all.add(measure(alice, alice.attempt("00000" + i, fleet.k())));
    }
    for (Ruler ruler : all) {
      sizes.add(ruler.blindfolded());
      outcomes.add(ruler.outcome());
    }
    assertEquals(
        EnumSet.of(OutcomeCode.ACCEPTED, OutcomeCode.STALE, OutcomeCode.EXHAUSTED), outcomes);
    assertEquals(1, sizes.size(), sizes.toString());
    assertEquals(Limits.RECORD, all.getFirst().record());
    // Where nothing was ever registered there is no record: hosts, who hold the records, know that.
    Ruler unknown = measure(nobody, nobody.attempt("123456", fleet.k()));
    assertEquals(OutcomeCode.NOT_REGISTERED, unknown.outcome());
    assertEquals(all.getFirst().message(), unknown.message());
    assertEquals(all.getFirst().operation(), unknown.operation());
    assertEquals(all.getFirst().released(), unknown.released());
  }

  @Test
  void successesLookTheSameWhetherTheCodeWasRight() throws Exception {
    alice.enrol("123456", SECRET);
    Request.Attempt attempt = alice.attempt("123456", fleet.k());
    TestClient.Answer granted = alice.ask(attempt);
    Ruler wrong = measure(alice, alice.success(attempt, 1, 1, Bytes.zeros(64)));
    Ruler right =
        measure(
            alice, alice.success(attempt, 1, 1, alice.keys(attempt, "123456", granted).authSeed()));
    assertEquals(OutcomeCode.NOT_PROVED, wrong.outcome());
    assertEquals(OutcomeCode.ACCEPTED, right.outcome());
    assertEquals(wrong.blindfolded(), right.blindfolded());
  }

  @Test
  void registrationsLookTheSameWhetherTheyAreAccepted() throws Exception {
    alice.enrol("123456", SECRET);
    Request.RegisterStart start = alice.start(alice.registrationId(), "999999", fleet.k());
    fleet.tick();
    TestClient.Answer granted = alice.ask(start);
    Request.RegisterFinish finish =
        alice.finish(start, granted, "999999", SECRET, new Authorisation.Owner(Bytes.zeros(64)));
    Ruler refused = measure(alice, finish);
    Ruler accepted = measure(alice, alice.byLogin(finish));
    assertEquals(OutcomeCode.NOT_AUTHORISED, refused.outcome());
    assertEquals(OutcomeCode.ACCEPTED, accepted.outcome());
    assertEquals(refused.blindfolded(), accepted.blindfolded());
  }
}
