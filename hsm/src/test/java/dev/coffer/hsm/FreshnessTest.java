package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.harness.MemoryNvram.Failing;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.port.HsmPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Old state is not passed off as new: starts, rollbacks, adoption, failing memory (INV-7). */
@Tag("long")
final class FreshnessTest {
  private final TestFleet fleet = TestFleet.founded();
  private final TestHost host = fleet.host(1);

  private static void rejected(RejectionCode code, Executable call) {
    assertEquals(code, assertThrows(Rejected.class, call).code());
  }

  private static Bytes entry(int number) {
    return Bytes.copyOf(new byte[] {(byte) number});
  }

  /** Orders an entry on some HSMs alone. */
  private Certificate on(List<TestHost> live, int number) throws Rejected {
    return fleet.order(live, entry(number)).certificate();
  }

  private SignedStatus status(TestHost other, Bytes nonce) throws Rejected {
    return other.hsm().status(0, nonce);
  }

  @Test
  void afterAStartItIsSilentUntilItHasHeard() throws Exception {
    Certificate certificate = fleet.tick();
    host.restart();
    rejected(RejectionCode.NOT_YET_HEARD, () -> host.hsm().restate(0, 1));
    rejected(RejectionCode.NOT_YET_HEARD, () -> host.hsm().release(certificate, List.of()));
    HsmPort.Capture silent = host.capture(2, entry(2));
    assertEquals(Optional.empty(), silent.statement());
    assertEquals(2, host.k());
    assertFalse(host.hear(fleet.hosts(2)));
    assertTrue(host.hear(fleet.hosts(2, 3)));
    assertEquals(silent.values(), host.hsm().restate(0, 2).values());
  }

  @Test
  void onlyFreshDistinctSoundStatusesCount() throws Exception {
    fleet.tick();
    host.restart();
    Bytes old = host.hsm().challenge(0);
    SignedStatus two = status(fleet.host(2), old);
    SignedStatus three = status(fleet.host(3), old);
    Bytes nonce = host.hsm().challenge(0);
    assertFalse(host.hsm().hear(0, List.of(two, three)));
    SignedStatus good = status(fleet.host(2), nonce);
    assertFalse(host.hsm().hear(0, List.of(good, good, status(host, nonce))));
    SignedStatus renamed =
        new SignedStatus(3, nonce, good.values(), good.certificate(), good.signature());
    SignedStatus uncertified =
        new SignedStatus(2, nonce, good.values(), Optional.empty(), good.signature());
    assertFalse(host.hsm().hear(0, List.of(renamed, uncertified)));
    assertTrue(host.hsm().hear(0, List.of(status(fleet.host(3), nonce))));
  }

  @Test
  void aRolledBackMemoryIsFoundOut() throws Exception {
    fleet.tick();
    Map<Integer, Bytes> stolen = host.platform().nvram().snapshot();
    on(fleet.hosts(), 2);
    on(fleet.hosts(), 3);
    host.platform().nvram().restore(stolen);
    host.restart();
    assertEquals(1, host.k());
    assertFalse(host.hear(fleet.hosts(2, 3)));
    // Another entry at k = 2 may be captured, but never stated: the others stand elsewhere.
    assertEquals(Optional.empty(), host.capture(2, entry(99)).statement());
    host.capture(3, entry(98));
    rejected(RejectionCode.NOT_YET_HEARD, () -> host.hsm().restate(0, 2));
    rejected(RejectionCode.FORK, () -> host.hear(fleet.hosts(2, 3)));

    // Started again on the stolen memory and led along the true chain, it speaks.
    host.platform().nvram().restore(stolen);
    host.restart();
    assertFalse(host.hear(fleet.hosts(2, 3)));
    host.capture(2, entry(2));
    assertFalse(host.position().maySign());
    host.capture(3, entry(3));
    assertTrue(host.position().maySign());
  }

  @Test
  void aLyingNeighbourCannotMakeItSpeakOnAFork() throws Exception {
    fleet.tick();
    host.restart();
    host.capture(2, entry(50));
    on(fleet.hosts(2, 3, 4), 2);
    rejected(RejectionCode.FORK, () -> host.hear(fleet.hosts(2, 3)));
    assertFalse(host.position().maySign());
  }

  @Test
  void aWholeFleetStartsAnewTogether() throws Exception {
    fleet.tick();
    fleet.hosts().forEach(TestHost::restart);
    fleet.introduce();
    on(fleet.hosts(), 2);
    assertEquals(2, fleet.k());
  }

  @Test
  void aHalfCapturedEntryIsFinishedAfterACrashOfAll() throws Exception {
    fleet.tick();
    Bytes half = entry(7);
    fleet.host(1).capture(2, half);
    fleet.host(2).capture(2, half);
    fleet.hosts().forEach(TestHost::restart);
    List<TestHost> behind = fleet.hosts(3, 4, 5);
    assertFalse(fleet.host(3).hear(fleet.hosts(1, 2)));
    for (TestHost late : behind) {
      late.capture(2, half);
    }
    assertTrue(fleet.host(3).position().maySign());
    fleet.introduce();
    List<Statement> statements = new ArrayList<>();
    fleet.hosts().forEach(h -> h.restate(2).ifPresent(statements::add));
    Certificate.of(statements).verify(fleet.fleet());
    assertEquals(5, statements.size());
  }

  @Test
  void adoptionGoesForwardAlongAncestryOnly() throws Exception {
    fleet.tick();
    for (int i = 2; i <= 20; i++) {
      on(fleet.hosts(2, 3, 4), i);
    }
    TestHost ahead = fleet.host(2);
    Certificate newest = certificate(ahead, 20);
    List<Bytes> hashes = ahead.entryHashes(1, 20);
    List<Bytes> reordered = new ArrayList<>(hashes);
    reordered.set(3, hashes.get(4));
    reordered.set(4, hashes.get(3));
    rejected(RejectionCode.OUT_OF_RANGE, () -> host.hsm().adopt(newest, hashes.subList(0, 18)));
    rejected(RejectionCode.FORK, () -> host.hsm().adopt(newest, reordered));
    rejected(
        RejectionCode.BAD_CERTIFICATE,
        () ->
            host.hsm()
                .adopt(
                    new Certificate(newest.values(), newest.signatures().subList(0, 2)), hashes));
    assertEquals(1, host.k());
    host.adopt(newest, ahead);
    assertEquals(newest.values(), host.position().values());
    assertEquals(20, host.position().highestCertified());
    on(fleet.hosts(1, 2, 3, 4), 21);
    rejected(RejectionCode.NOT_IN_RING, () -> host.hsm().adopt(certificate(ahead, 15), List.of()));
    host.hsm().adopt(certificate(ahead, 21), List.of());
    assertEquals(21, host.k());
  }

  private Certificate certificate(TestHost at, long k) throws Rejected {
    List<Statement> statements = new ArrayList<>();
    for (TestHost each : fleet.hosts(2, 3, 4)) {
      each.restate(k).ifPresent(statements::add);
    }
    return Certificate.of(statements);
  }

  @Test
  void aForkIsNotAdoptedSideways() throws Exception {
    fleet.tick();
    host.capture(2, entry(66));
    on(fleet.hosts(2, 3, 4), 2);
    Certificate third = on(fleet.hosts(2, 3, 4), 3);
    List<Bytes> hashes = fleet.host(2).entryHashes(2, 3);
    rejected(RejectionCode.FORK, () -> host.hsm().adopt(third, hashes));
    rejected(RejectionCode.FORK, () -> host.hsm().adopt(certificate(fleet.host(2), 2), List.of()));
    rejected(
        RejectionCode.FORK, () -> host.hsm().release(certificate(fleet.host(2), 2), List.of()));
    assertEquals(2, host.k());
    assertEquals(1, host.position().highestCertified());
  }

  @Test
  void afterAdoptionOthersALittleBehindStillCount() throws Exception {
    fleet.tick();
    for (int i = 2; i <= 30; i++) {
      on(fleet.hosts(2, 3, 4), i);
    }
    fleet.host(5).adopt(certificate(fleet.host(2), 28), fleet.host(2));
    host.restart();
    host.adopt(certificate(fleet.host(2), 30), fleet.host(2));
    assertTrue(host.hear(fleet.hosts(2, 5)));
  }

  @Test
  void statusesTooFarBehindDoNotCount() throws Exception {
    fleet.tick();
    for (int i = 2; i <= 90; i++) {
      on(fleet.hosts(1, 2, 3), i);
    }
    host.restart();
    assertFalse(host.hear(fleet.hosts(4, 5)));
    assertFalse(host.hear(fleet.hosts(2, 5)));
    assertTrue(host.hear(fleet.hosts(2, 3, 5)));
  }

  @ParameterizedTest
  @EnumSource(Failing.class)
  void whateverWriteFailsNoTwoStatementsDiffer(Failing how) throws Exception {
    for (int failing = 0; failing < 4; failing++) {
      TestFleet small = TestFleet.founded(3, 2);
      TestHost victim = small.host(1);
      Map<Long, Statement> stated = new HashMap<>();
      victim.platform().nvram().failAfter(failing, how);
      for (long k = 1; k <= 5; k++) {
        try {
          remember(stated, victim.capture(k, entry((int) k)).statement());
          small.host(2).capture(k, entry((int) k));
        } catch (Nvram.Fault fault) {
          // A failed write ends this life: nothing more is said in it.
          long now = k;
          assertThrows(Nvram.Fault.class, () -> victim.hsm().restate(0, now - 1));
          assertThrows(Nvram.Fault.class, () -> victim.capture(now, entry(77)));
          victim.restart();
          boolean happened = victim.k() == k;
          assertEquals(how == Failing.AFTER, happened);
          // The host now tries another entry at the same k.
          Bytes other = entry(happened ? (int) k : 77);
          remember(stated, victim.capture(k, other).statement());
          break;
        }
      }
      assertTrue(stated.size() <= failing + 1);
    }
  }

  private static void remember(Map<Long, Statement> stated, Optional<Statement> statement) {
    statement.ifPresent(s -> {
      Statement before = stated.putIfAbsent(s.values().k(), s);
      assertTrue(before == null || before.equals(s), "two statements for one k differ");
    });
  }

  @Test
  void aStatementLeavesOnlyAfterTheWrite() throws Exception {
    int writes = host.platform().nvram().writes();
    host.capture(1, entry(1));
    assertEquals(writes + 1, host.platform().nvram().writes());
    ChainValues durable = host.position().values();
    host.restart();
    assertEquals(durable, host.position().values());
  }

  @Test
  void anHsmWithoutItsMemoryDoesNotStart() {
    host.platform().nvram().restore(Map.of());
    assertThrows(Nvram.Fault.class, host::restart);
    Map<Integer, Bytes> foreign = TestFleet.founded(3, 2).host(1).platform().nvram().snapshot();
    host.platform().nvram().restore(foreign);
    assertThrows(Nvram.Fault.class, host::restart);
  }

  @Test
  void guessesSurviveRestartsOfAnyOrAll() throws Exception {
    TestClient alice = new TestClient(fleet, "alice", 1);
    alice.enrol("123456", Bytes.fromHex("07".repeat(32)));
    for (int left = 9; left >= 0; left--) {
      assertEquals(left, alice.guess("0").outcome().guessesLeft());
      if (left % 3 == 0) {
        fleet.hosts().forEach(TestHost::restart);
      } else {
        fleet.host(1 + left % 5).restart();
      }
      fleet.introduce();
    }
    assertEquals(dev.coffer.protocol.outcome.OutcomeCode.EXHAUSTED, alice.guess("123456").code());
  }
}
