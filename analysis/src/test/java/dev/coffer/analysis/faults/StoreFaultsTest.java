package dev.coffer.analysis.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.check.Findings;
import dev.coffer.node.store.FaultyDisk;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.StoreOnFaultyDisk;
import dev.coffer.node.sync.RemoteTree;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every write and every flush of a node's store fails once in every way, over a life of real
 * accounts: what was acknowledged is there, the check finds nothing wrong, the HSM is within reach,
 * and the life goes on to its end.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
final class StoreFaultsTest {
  private static final int POINTS_MIN = 200;
  private static final long AWAY_FROM = 12;
  private static final long AWAY_UNTIL = 17;

  private final RecordedLife recorded;
  private final RemoteTree peer;

  StoreFaultsTest() throws Exception {
    recorded = RecordedLife.record();
    peer = StoreLife.peer(recorded, AWAY_UNTIL);
  }

  private StoreLife life() {
    return new StoreLife(recorded, peer, AWAY_FROM, AWAY_UNTIL);
  }

  private long operations() {
    FaultyDisk disk = new FaultyDisk(0, FaultyDisk.Fault.REFUSED);
    life().live(disk);
    long operations = disk.operations();
    complete(disk);
    return operations;
  }

  @ParameterizedTest
  @EnumSource
  void everyOperationFailsOnce(FaultyDisk.Fault fault) {
    long operations = operations();
    for (long at = 1; at <= operations; at++) {
      Optional<String> broken = broken(new FaultyDisk(at, fault), at);
      assertEquals(Optional.empty(), broken, fault + " at operation " + at);
    }
    System.out.println(
        "Faults by enumeration: store, " + fault + ", " + operations + " points, all survived");
    assertTrue(operations >= POINTS_MIN, "the life has only " + operations + " durable operations");
  }

  /** What a fault broke that must not break. */
  private Optional<String> broken(FaultyDisk disk, long seed) {
    StoreLife life = life();
    try {
      life.live(disk);
    } catch (StoreFault expected) {
      // The node stops here.
    }
    FaultyDisk after =
        disk.dead()
            ? disk.afterPowerCut(new SplittableRandom(seed), 0, FaultyDisk.Failing.DONE)
            : disk;
    Findings findings = StoreOnFaultyDisk.check(after, recorded.fleet(), 1, life.claims());
    if (!findings.sound()) {
      return Optional.of("the check says " + findings.listed());
    }
    try (NodeStore node = StoreOnFaultyDisk.open(after.copy(), recorded.fleet().id(), 1 << 20)) {
      RecordStore store = node.partition(0);
      ChainValues found = store.position().values();
      if (found.k() < life.acknowledged()) {
        return Optional.of("acknowledged " + life.acknowledged() + ", left " + found.k());
      }
      if (!found.equals(recorded.values(found.k()))) {
        return Optional.of("a state that never was, at " + found.k());
      }
      boolean reachable = store.syncing() || life.captured() - found.k() < Limits.RING;
      if (!reachable && found.k() >= AWAY_FROM) {
        return Optional.of("HSM at " + life.captured() + ", store at " + found.k());
      }
    } catch (StoreFault e) {
      return Optional.of("it does not open: " + e);
    }
    life().live(after);
    complete(after);
    complete(after.afterPowerCut(FaultyTree.NOTHING_LEFT, 0, FaultyDisk.Failing.DONE));
    return Optional.empty();
  }

  /** At the end every record is the newest, and the check has not a word to say. */
  private void complete(FaultyDisk disk) {
    List<String> said = new ArrayList<>();
    StoreOnFaultyDisk.check(disk, recorded.fleet(), 1, List.of())
        .listed()
        .forEach(finding -> said.add(finding.toString()));
    // Some of the ring came from the peer, entries and statements excepted.
    said.removeIf(text -> text.contains("weight=NOTE"));
    assertEquals(List.of(), said);
    try (NodeStore node = StoreOnFaultyDisk.open(disk, recorded.fleet().id(), 1 << 20)) {
      RecordStore store = node.partition(0);
      long end = recorded.length();
      assertEquals(recorded.values(end), store.position().values());
      assertEquals(
          recorded.book(end).records(recorded.names(end)),
          store.prove(recorded.names(end)).records());
    }
  }

  @Test
  void theEnumerationBitesADiskThatDoesNotFlush() {
    long operations = operations();
    long caught = 0;
    for (long at = 1; at <= operations; at += 3) {
      FaultyDisk disk = new FaultyDisk(at, FaultyDisk.Fault.CRASH_AFTER).neverFlushing();
      caught += bitten(disk, at) ? 1 : 0;
    }
    System.out.println(
        "Faults by enumeration: a disk that does not flush is caught at " + caught + " points");
    assertTrue(caught > 20, "caught " + caught);
  }

  private boolean bitten(FaultyDisk disk, long seed) {
    try {
      return broken(disk, seed).isPresent();
    } catch (AssertionError | StoreFault atTheLatestInTheEnd) {
      return true;
    }
  }
}
