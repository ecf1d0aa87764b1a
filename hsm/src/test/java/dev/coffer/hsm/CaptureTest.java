package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Capture: total, deterministic, and only on the HSM's own chain and root (PROTOCOL.md §12.2). */
final class CaptureTest {
  private static final Bytes SECRET = Bytes.fromHex("07".repeat(32));

  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final TestClient alice = new TestClient(fleet, "alice", 1);
  private final TestHost host = fleet.host(1);

  private static void rejected(RejectionCode code, Executable call) {
    assertEquals(code, assertThrows(Rejected.class, call).code());
  }

  private static Bytes entry(Entry.Item... items) {
    return new Entry(List.of(items)).encode();
  }

  @Test
  void everyHsmMakesTheSameRecordsRootAndLeaves() throws Exception {
    alice.enrol("123456", SECRET);
    for (long k = 1; k <= fleet.k(); k++) {
      for (TestHost other : fleet.hosts()) {
        assertEquals(host.book(k).all(), other.book(k).all());
      }
    }
    assertEquals(host.position().values().root(), host.book(fleet.k()).root());
  }

  @Test
  void theSameEntryAgainGivesTheSameOctets() throws Exception {
    Entry.Item start = alice.admit(alice.start(alice.registrationId(), "1", fleet.k()));
    fleet.tick();
    Bytes entry = entry(start);
    HsmPort.Capture first = host.capture(2, entry);
    int writes = host.platform().nvram().writes();
    HsmPort.Capture again = host.capture(2, entry);
    assertEquals(first, again);
    assertEquals(writes, host.platform().nvram().writes());
    rejected(RejectionCode.FORK, () -> host.capture(2, entry(start, start)));
    assertEquals(first.values(), host.position().values());
  }

  @Test
  void entriesFarBackAreNoLongerInTheRing() throws Exception {
    for (int i = 0; i < 10; i++) {
      fleet.tick();
    }
    Bytes tick = host.entry(5);
    assertEquals(5, host.capture(5, tick).values().k());
    rejected(RejectionCode.NOT_IN_RING, () -> host.capture(3, tick));
    rejected(RejectionCode.NOT_IN_RING, () -> host.capture(0, tick, RecordBook.empty()));
    rejected(RejectionCode.NOT_IN_RING, () -> host.capture(12, tick, RecordBook.empty()));
    rejected(RejectionCode.NOT_IN_RING, () -> host.hsm().restate(0, 2));
    assertTrue(host.restate(3).isPresent());
  }

  @Test
  void anUnparsableEntryMovesTheChainAndNothingElse() throws Exception {
    alice.enrol("123456", SECRET);
    Bytes root = host.position().values().root();
    for (Bytes octets :
        List.of(
            Bytes.EMPTY,
            Bytes.zeros(2),
            Bytes.fromHex("ffff"),
            Bytes.zeros(100_000),
            entry(alice.admit(alice.attempt("1", fleet.k()))).concat(Bytes.zeros(1)))) {
      TestFleet.Ordered ordered = fleet.order(fleet.hosts(), octets);
      assertEquals(root, ordered.certificate().values().root());
      assertEquals(Bytes.zeros(32), ordered.certificate().values().outcomesRoot());
      assertEquals(List.of(), ordered.leaves());
    }
    assertEquals(9, alice.guess("0").outcome().guessesLeft());
  }

  @Test
  void badOperationsAreRefusedOneByOneAndTheGoodOnesCount() throws Exception {
    alice.enrol("123456", SECRET);
    TestClient bob = new TestClient(fleet, "bob", 2);
    Request.Attempt attempt = alice.attempt("123456", fleet.k());
    Entry.Item good = alice.admit(attempt);
    Bytes flipped = flip(good.operation(), 100);
    Entry.Item bobs = bob.admit(bob.attempt("1", fleet.k()));
    fleet.tick();
    TestFleet.Ordered ordered =
        fleet.order(
            new Entry.Item(good.treeKey(), 1, flipped),
            new Entry.Item(good.treeKey(), 2, good.operation()),
            new Entry.Item(good.treeKey(), 1, Bytes.EMPTY),
            new Entry.Item(good.treeKey(), 1, Bytes.zeros(2560)),
            new Entry.Item(good.treeKey(), 1, bobs.operation()),
            new Entry.Item(new TreeKey(Bytes.zeros(32)), 1, good.operation()),
            good);
    assertEquals(7, ordered.leaves().size());
    assertEquals(1, ordered.replies().getFirst().size());
    assertEquals(9, alice.open(attempt, ordered, 6).outcome().guessesLeft());
    assertEquals(Optional.empty(), host.book(fleet.k()).record(new TreeKey(Bytes.zeros(32))));
  }

  private static Bytes flip(Bytes octets, int at) {
    byte[] flipped = octets.toByteArray();
    flipped[at] ^= 1;
    return Bytes.wrap(flipped);
  }

  @Test
  void aRecordTouchedTwiceIsSealedOnce() throws Exception {
    alice.enrol("123456", SECRET);
    Request.Attempt one = alice.attempt("1", fleet.k());
    Request.Attempt two = alice.attempt("2", fleet.k());
    Entry.Item first = alice.admit(one);
    Entry.Item second = alice.admit(two, 2);
    fleet.tick();
    TestFleet.Ordered ordered = fleet.order(first, second, first);
    assertEquals(1, alice.open(one, ordered, 0).outcome().attemptNumber());
    assertEquals(2, alice.open(two, ordered, 1).outcome().attemptNumber());
    TestClient.Answer again = alice.open(one, ordered, 2);
    assertEquals(1, again.outcome().attemptNumber());
    assertEquals(8, again.outcome().guessesLeft());
    assertEquals(host.position().values().root(), host.book(fleet.k()).root());
  }

  @Test
  void everyExistingRecordIsRewrittenAndKeepsItsSize() throws Exception {
    alice.enrol("123456", SECRET);
    TreeKey key = alice.admit(alice.attempt("1", fleet.k())).treeKey();
    // Accepted, retried, stale, unproved, malformed: hosts see a new ciphertext each time (INV-10).
    Request.Attempt attempt = alice.attempt("1", fleet.k());
    Entry.Item item = alice.admit(attempt);
    Request.Success wrong = alice.success(attempt, 1, 1, Bytes.zeros(64));
    for (Entry.Item each :
        List.of(
            item,
            item,
            alice.admit(alice.attempt("2", 1_000)),
            alice.admit(wrong),
            new Entry.Item(key, 1, Bytes.EMPTY))) {
      Bytes before = host.book(fleet.k()).record(key).orElseThrow();
      fleet.order(each);
      Bytes after = host.book(fleet.k()).record(key).orElseThrow();
      assertNotEquals(before, after);
      assertEquals(1024, after.size());
    }
  }

  @Test
  void wrongRecordsAndProofsAreRejectedAndChangeNothing() throws Exception {
    alice.enrol("123456", SECRET);
    TestClient bob = new TestClient(fleet, "bob", 2);
    bob.enrol("654321", SECRET);
    long k = fleet.k() + 1;
    Entry.Item alices = alice.admit(alice.attempt("1", fleet.k()));
    Entry.Item bobs = bob.admit(bob.attempt("1", fleet.k()));
    Bytes entry = entry(alices, bobs);
    List<TreeKey> keys = Entry.decode(entry).touched();
    RecordBook book = host.book(k - 1);
    List<Optional<Bytes>> records = book.records(keys);
    Bytes proof = book.proof(keys);
    List<Optional<Bytes>> swapped = new ArrayList<>(records);
    Collections.reverse(swapped);
    List<Optional<Bytes>> missing = List.of(Optional.empty(), records.get(1));
    List<Optional<Bytes>> cut =
        List.of(Optional.of(records.get(0).orElseThrow().slice(0, 1023)), records.get(1));
    List<Optional<Bytes>> damaged =
        List.of(Optional.of(flip(records.get(0).orElseThrow(), 30)), records.get(1));
    ChainValues before = host.position().values();
    for (List<Optional<Bytes>> bad :
        List.of(swapped, missing, cut, damaged, records.subList(0, 1))) {
      rejected(RejectionCode.BAD_PROOF, () -> host.hsm().capture(0, k, entry, bad, proof));
    }
    Bytes halfProof = book.proof(keys.subList(0, 1));
    rejected(RejectionCode.BAD_PROOF, () -> host.hsm().capture(0, k, entry, records, halfProof));
    // Everything old, and consistent in itself: the state before this user's last guess.
    RecordBook old = host.book(k - 2);
    rejected(
        RejectionCode.BAD_PROOF,
        () -> host.hsm().capture(0, k, entry, old.records(keys), old.proof(keys)));
    assertThrows(
        Rejected.class, () -> host.hsm().capture(0, k, entry, records, Bytes.zeros(5 << 20)));
    assertEquals(before, host.position().values());
    host.capture(k, entry);
  }

  @Test
  void nobodyRunsFurtherAheadThanTheWindow() throws Exception {
    Bytes tick = Bytes.EMPTY;
    for (long k = 1; k <= 8; k++) {
      host.capture(k, tick);
    }
    rejected(RejectionCode.WINDOW_FULL, () -> host.capture(9, tick));
    TestHost other = fleet.host(2);
    List<Statement> statements = new ArrayList<>();
    statements.add(host.restate(1).orElseThrow());
    other.capture(1, tick).statement().ifPresent(statements::add);
    host.hsm().release(Certificate.of(statements), List.of());
    host.capture(9, tick);
    rejected(RejectionCode.WINDOW_FULL, () -> host.capture(10, tick));
  }

  @Test
  void nothingLeavesWithoutItsOwnCertificate() throws Exception {
    alice.enrol("123456", SECRET);
    Request.Attempt attempt = alice.attempt("123456", fleet.k());
    Bytes entry = entry(alice.admit(attempt));
    long k = fleet.k() + 1;
    Statement one = host.capture(k, entry).statement().orElseThrow();
    Statement two = fleet.host(2).capture(k, entry).statement().orElseThrow();
    Certificate good = Certificate.of(List.of(one, two));
    for (Certificate bad :
        List.of(
            Certificate.of(List.of(one)),
            new Certificate(
                good.values(), List.of(good.signatures().get(0), good.signatures().get(0))),
            new Certificate(
                good.values(),
                List.of(
                    good.signatures().get(0),
                    new Certificate.Signed(2, good.signatures().get(0).signature()))),
            new Certificate(
                good.values(),
                List.of(
                    good.signatures().get(0),
                    good.signatures().get(1),
                    new Certificate.Signed(3, Bytes.zeros(64)))))) {
      rejected(RejectionCode.BAD_CERTIFICATE, () -> host.hsm().release(bad, List.of(0)));
    }
    assertEquals(k - 1, host.position().highestCertified());
    assertEquals(1, host.hsm().release(good, List.of(0)).size());
    assertEquals(k, host.position().highestCertified());
    assertEquals(List.of(), host.hsm().release(good, List.of(1, 255, -1)));
  }

  @Test
  void repliesAreOfOneSizeAndNeverTheSameOctets() throws Exception {
    alice.enrol("123456", SECRET);
    Request.Attempt attempt = alice.attempt("123456", fleet.k());
    TestFleet.Ordered counted = fleet.order(alice.admit(attempt));
    TestFleet.Ordered stale = fleet.order(alice.admit(alice.attempt("1", 1_000)));
    TestFleet.Ordered proof =
        fleet.order(alice.admit(alice.success(attempt, 1, 1, Bytes.zeros(64))));
    int size = counted.to(0).getFirst().ciphertext().size();
    assertEquals(656, size);
    assertEquals(size, stale.to(0).getFirst().ciphertext().size());
    assertEquals(size, proof.to(0).getFirst().ciphertext().size());
    HsmPort.PositionedReply again = host.hsm().release(proof.certificate(), List.of(0)).getFirst();
    assertNotEquals(proof.to(0).getFirst(), again.reply());
  }

  @Test
  void aReplyAfterARestartIsNotHeldUntilTheEntryIsCapturedAgain() throws Exception {
    alice.enrol("123456", SECRET);
    Request.Attempt attempt = alice.attempt("123456", fleet.k());
    TestFleet.Ordered ordered = fleet.order(alice.admit(attempt));
    host.restart();
    host.hear(fleet.hosts(2, 3));
    assertEquals(List.of(), host.hsm().release(ordered.certificate(), List.of(0)));
    host.capture(fleet.k(), ordered.entry());
    assertEquals(1, host.hsm().release(ordered.certificate(), List.of(0)).size());
    // And the same attempt, sent again through another HSM, costs nothing (INV-8).
    TestClient.Answer again = alice.open(attempt, fleet.order(alice.admit(attempt, 2)), 0);
    assertEquals(OutcomeCode.ACCEPTED, again.code());
    assertEquals(9, again.outcome().guessesLeft());
  }

  @Test
  void unansweredEncapsulationsCostNobodyElseTheirReply() throws Exception {
    TestClient bob = new TestClient(fleet, "bob", 2);
    Request.RegisterStart start = bob.start(bob.registrationId(), "1", 0);
    Request.RegisterStart broken =
        new Request.RegisterStart(
            new dev.coffer.protocol.request.RequestHeader(
                start.header().subject(),
                0,
                List.of(Bytes.zeros(32), Bytes.zeros(32), Bytes.zeros(32))),
            start.id(),
            start.blindedElement());
    Request.RegisterStart fine = alice.start(alice.registrationId(), "1", 0);
    TestFleet.Ordered ordered = fleet.order(bob.admit(broken), alice.admit(fine));
    assertEquals(0, ordered.to(0).size());
    assertEquals(OutcomeCode.ACCEPTED, alice.open(fine, ordered, 1).code());
  }
}
