package dev.coffer.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The power fails at every write and every flush there is, once before it happens and once after:
 * the store comes back at an entry it had, whole, and no earlier than the newest it called durable.
 */
@Tag("long")
final class PowerCutTest {
  private static final int ENTRIES = 14;
  private static final long JOURNAL = 24 << 10;
  private static final StoreSettings SETTINGS = new StoreSettings(1 << 20, 8, 3, 1 << 20, 1 << 20);

  static NodeStore open(Disk disk) {
    JournaledSlots slots = JournaledSlots.open(disk, JOURNAL, Runnable::run);
    return new NodeStore(ChainDriver.FLEET, 1, SETTINGS, slots, Runnable::run, () -> {});
  }

  /** Every state a run passes through; the same for the same seed, however far it gets. */
  private static final class Run {
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<ChainValues> states = new ArrayList<>();
    private final ChainDriver hsm;
    private final List<TreeKey> known = new ArrayList<>();
    private long durable;

    Run() {
      ChainValues founding = ChainValues.founding(ChainDriver.FLEET, 0);
      hsm = new ChainDriver(random, founding);
      states.add(founding);
    }

    void go(Disk disk) {
      try (NodeStore node = open(disk)) {
        RecordStore store = node.partition(0);
        for (int i = 0; i < ENTRIES; i++) {
          EntryResult result = step(store);
          states.add(result.values());
          store.apply(result);
          durable = store.durable().values().k();
        }
      }
    }

    private EntryResult step(RecordStore store) {
      Set<TreeKey> touched = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        if (!known.isEmpty() && random.nextBoolean()) {
          touched.add(known.get(random.nextInt(known.size())));
        } else {
          Bytes near = known.isEmpty() ? Bytes.zeros(32) : known.get(0).value();
          touched.add(ChainDriver.keyNear(random, near, random.nextInt(30)));
        }
      }
      List<TreeKey> ascending = ChainDriver.ascending(touched);
      known.addAll(ascending);
      return hsm.capture(store.prove(ascending), ascending, false, 40);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyOperationFailsOnce(FaultyDisk.Failing failing) {
    FaultyDisk whole = new FaultyDisk(0, failing);
    new Run().go(whole);
    SplittableRandom dice = new SplittableRandom(11);
    for (long failAt = 1; failAt <= whole.operations(); failAt++) {
      Run run = new Run();
      FaultyDisk disk = new FaultyDisk(failAt, failing);
      assertThrows(StoreFault.class, () -> run.go(disk));
      comesBack(run, disk.afterPowerCut(dice, 0, failing), "operation " + failAt);
    }
  }

  @Test
  void thePowerFailsAgainDuringRecovery() {
    SplittableRandom dice = new SplittableRandom(13);
    for (int round = 0; round < 60; round++) {
      Run run = new Run();
      FaultyDisk disk = new FaultyDisk(30 + dice.nextInt(150), FaultyDisk.Failing.NOT_DONE);
      assertThrows(StoreFault.class, () -> run.go(disk));
      FaultyDisk again =
          disk.afterPowerCut(dice, 1 + dice.nextInt(12), FaultyDisk.Failing.values()[round % 2]);
      try (NodeStore node = open(again)) {
        node.partition(0);
      } catch (StoreFault.Unavailable expected) {
        assertTrue(again.failed());
      }
      comesBack(run, again.afterPowerCut(dice, 0, FaultyDisk.Failing.DONE), "round " + round);
    }
  }

  private static void comesBack(Run run, FaultyDisk disk, String when) {
    try (NodeStore node = open(disk)) {
      RecordStore store = node.partition(0);
      ChainValues found = store.position().values();
      assertTrue(found.k() >= run.durable, when + ": lost a durable entry");
      assertEquals(run.states.get((int) found.k()), found, when);
      assertTrue(StoreOnFaultyDisk.sound(store), when);
      for (long k = Math.max(1, found.k() - 7); k <= found.k(); k++) {
        assertEquals(run.states.get((int) k), store.entry(k).orElseThrow().values(), when);
      }
      ChainDriver hsm = new ChainDriver(new SplittableRandom(1), found);
      EntryResult next = hsm.step(store, ChainDriver.ascending(run.known));
      store.sync();
      assertEquals(next.values(), store.durable().values(), when);
    }
    try (NodeStore node = open(disk)) {
      assertTrue(StoreOnFaultyDisk.sound(node.partition(0)), when + ", after going on");
    }
  }
}
