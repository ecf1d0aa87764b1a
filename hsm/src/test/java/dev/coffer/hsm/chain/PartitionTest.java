package dev.coffer.hsm.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.founding.SpilledKeys;
import dev.coffer.hsm.harness.MemoryNvram;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.hsm.seal.Member;
import dev.coffer.hsm.seal.OperationSeal;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** One partition on a memory of its own, with the keys of all others at hand. */
final class PartitionTest {
  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final List<Member> members =
      fleet.hosts().stream().map(host -> SpilledKeys.member(host.platform())).toList();
  private final MemoryNvram nvram = new MemoryNvram();
  private final HeldReplies held = new HeldReplies();
  private final Bytes proof = RecordBook.empty().proof(List.<TreeKey>of());
  private Partition partition;

  @BeforeEach
  void open() throws Rejected {
    Partition.found(nvram, fleet.fleet(), 0);
    partition = reopened();
  }

  private Partition reopened() {
    return Partition.open(members.getFirst(), 0, nvram, held);
  }

  private static void rejected(RejectionCode code, Executable call) {
    assertEquals(code, assertThrows(Rejected.class, call).code());
  }

  private static Bytes tick(long number) {
    return Bytes.copyOf(new byte[] {(byte) number});
  }

  private HsmPort.Capture tickAt(long k) throws Rejected {
    return partition.capture(k, tick(k), List.of(), proof);
  }

  private Certificate certificate(ChainValues values) {
    return Certificate.of(
        List.of(
            Statement.sign(values, 2, members.get(1).statementKey()),
            Statement.sign(values, 3, members.get(2).statementKey())));
  }

  /** An attempt on an account that does not exist, as an entry: something to hold, no record. */
  private Bytes attempt() {
    TestClient nobody = new TestClient(fleet, "nobody", 1);
    return new Entry(List.of(nobody.admit(nobody.attempt("1", 0)))).encode();
  }

  @Test
  void whatLeavesTheRingIsHeldNoMore() throws Exception {
    partition.capture(1, attempt(), List.of(Optional.empty()), proof);
    for (long k = 2; k <= 8; k++) {
      partition.adopt(certificate(tickAt(k).values()), List.of());
    }
    assertEquals(1, held.of(0, 1).size(), "0 to 8: the founding has left");
    tickAt(9);
    assertEquals(Map.of(), held.of(0, 1));
  }

  @Test
  void adoptionForgetsWhatLiesBefore() throws Exception {
    partition.capture(1, attempt(), List.of(Optional.empty()), proof);
    partition.capture(2, attempt(), List.of(Optional.empty()), proof);
    assertEquals(1, held.of(0, 2).size());
    Way way = way(partition.position().values(), 3);
    partition.adopt(certificate(way.values()), way.hashes());
    assertEquals(Map.of(), held.of(0, 1));
    assertEquals(Map.of(), held.of(0, 2));
  }

  /** Entry hashes that lead on from {@code from}, and the values they lead to. */
  private record Way(ChainValues values, List<Bytes> hashes) {}

  private static Way way(ChainValues from, int steps) {
    Bytes hash = ChainValues.entryHash(tick(77));
    List<Bytes> hashes = new ArrayList<>();
    ChainValues at = from;
    for (int i = 0; i < steps; i++) {
      hashes.add(hash);
      at =
          new ChainValues(
              at.fleetId(), 0, at.k() + 1, at.nextHead(hash), at.root(), at.outcomesRoot());
    }
    return new Way(at, hashes);
  }

  @Test
  void oneCallAdoptsAtMost65536Entries() throws Exception {
    ChainValues founding = partition.position().values();
    Way tooFar = way(founding, 65_537);
    rejected(
        RejectionCode.OUT_OF_RANGE,
        () -> partition.adopt(certificate(tooFar.values()), tooFar.hashes()));
    assertEquals(founding, partition.position().values());
    Way far = way(founding, 65_536);
    partition.adopt(certificate(far.values()), far.hashes());
    assertEquals(far.values(), partition.position().values());
  }

  @Test
  void whatWasAdoptedIsDurable() throws Exception {
    Way way = way(partition.position().values(), 20);
    partition.adopt(certificate(way.values()), way.hashes());
    assertEquals(way.values(), reopened().position().values());
    assertEquals(20, reopened().position().highestCertified());
  }

  @Test
  void aCertificateForOnesOwnNewestEntryLeavesTheRingAsItIs() throws Exception {
    tickAt(1);
    HsmPort.Capture second = tickAt(2);
    int writes = nvram.writes();
    partition.adopt(certificate(second.values()), List.of());
    assertEquals(writes, nvram.writes());
    assertEquals(2, partition.position().highestCertified());
    assertEquals(second, tickAt(2));
  }

  @Test
  void anHsmThatStartsMakesItsMemoryDurableBeforeItSpeaksOfIt() throws Exception {
    tickAt(1);
    Bytes image = nvram.read(0).orElseThrow();
    int writes = nvram.writes();
    partition = reopened();
    assertEquals(writes + 1, nvram.writes());
    assertEquals(Optional.of(image), nvram.read(0));
    assertFalse(partition.position().maySign());
  }

  private static <T> T elsewhere(Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofPlatform().daemon().start(task);
    return task.get(20, TimeUnit.SECONDS);
  }

  @Test
  void whoeverComesNextFindsTheDoorOpen() throws Exception {
    tickAt(1);
    assertEquals(1, elsewhere(() -> tickAt(1)).values().k());
    assertThrows(Rejected.class, () -> partition.capture(99, tick(1), List.of(), proof));
    HsmPort.Capture second = elsewhere(() -> tickAt(2));
    assertThrows(
        Rejected.class,
        () -> partition.adopt(certificate(way(second.values(), 2).values()), List.of()));
    Way way = way(second.values(), 2);
    assertEquals(
        4,
        elsewhere(() -> {
          partition.adopt(certificate(way.values()), way.hashes());
          return partition.position().values().k();
        }));
    assertEquals(5, elsewhere(() -> tickAt(5)).values().k());
  }

  /** A corrupted HSM admits what it should not have: every other one looks again. */
  @Test
  void nonsenseThatACorruptedHsmAdmittedCountsNothing() throws Exception {
    TestClient alice = new TestClient(fleet, "alice", 1);
    alice.enrol("123456", Bytes.fromHex("07".repeat(32)));
    Request.Attempt good = alice.attempt("0", fleet.k());
    OperationSeal seal = new OperationSeal(members.get(1).keys(), fleet.fleet().id());
    TreeKey key = members.get(1).keys().treeKey(alice.subject());
    for (Bytes element : List.of(Bytes.zeros(32), Bytes.fromHex("ff".repeat(32)))) {
      Request bad = new Request.Attempt(good.header(), good.id(), element);
      Bytes operation = seal.seal(members.get(1).randomness(), 2, bad);
      assertEquals(List.of(), fleet.order(new Entry.Item(key, 2, operation)).to(0));
    }
    assertEquals(9, alice.guess("000000").outcome().guessesLeft());
  }

  /** The record's name is true, its partition is not: two chains must not share an account. */
  @Test
  void anAccountIsInItsOwnPartitionAlone() throws Exception {
    TestIssuer issuer = new TestIssuer(7);
    TestFleet two =
        TestFleet.founded(
            new FleetSettings(3, 2, 10, 2, List.of(issuer.tenant()), true, false), issuer);
    int held = 0;
    for (int i = 0; i < 8; i++) {
      TestClient client = new TestClient(two, "account " + i, i);
      TestFleet.Ordered ordered = two.order(client.admit(client.attempt("1", two.k())));
      boolean own = client.subject().partition(2) == 0;
      assertEquals(own ? 3 : 0, ordered.to(0).size());
      held += own ? 1 : 0;
    }
    assertTrue(held > 0 && held < 8, "both partitions occurred");
  }
}
