package dev.coffer.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.check.Finding;
import dev.coffer.node.check.Finding.Weight;
import dev.coffer.node.check.Findings;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A healthy store is clean; of a store that was changed anywhere the check says so, or else the
 * store hands out all it ever held.
 */
@Tag("long")
final class StoreCheckTest {
  private static final int ENTRIES = 14;

  private final SplittableRandom random = new SplittableRandom(21);
  private final List<TreeKey> keys = new ArrayList<>();
  private final List<ChainValues> states = new ArrayList<>();

  /** A store with some past, stopped in order or not. */
  private FaultyDisk filled(boolean close) {
    FaultyDisk disk = new FaultyDisk(0, FaultyDisk.Failing.DONE);
    ChainValues founding = ChainValues.founding(StatedFleet.FLEET.id(), 0);
    ChainDriver hsm = new ChainDriver(random, founding);
    NodeStore node = StoreOnFaultyDisk.open(disk, StatedFleet.FLEET.id(), 1 << 20);
    RecordStore store = node.partition(0);
    states.add(founding);
    for (int i = 0; i < ENTRIES; i++) {
      Set<TreeKey> touched = new HashSet<>();
      for (int r = 0; r < 4; r++) {
        Bytes near =
            keys.isEmpty() ? Bytes.zeros(32) : keys.get(random.nextInt(keys.size())).value();
        boolean old = !keys.isEmpty() && random.nextInt(3) == 0;
        touched.add(
            old ? new TreeKey(near) : ChainDriver.keyNear(random, near, random.nextInt(12)));
      }
      List<TreeKey> ascending = ChainDriver.ascending(touched);
      states.add(hsm.step(store, ascending).values());
      keys.addAll(ascending);
      store.keepStatement(StatedFleet.statement(states.getLast(), 1));
      if (i > 1) {
        store.keepCertificate(StatedFleet.certificate(states.get(i - 1)));
      }
    }
    if (close) {
      node.close();
    } else {
      store.sync();
    }
    return disk;
  }

  private static Findings check(FaultyDisk disk) {
    return StoreOnFaultyDisk.check(disk, StatedFleet.FLEET, 1, List.of());
  }

  /** Everything a store hands out. */
  private record Content(
      RecordStore.Position position,
      List<Bytes> hashes,
      Optional<Certificate> certificate,
      List<Optional<Bytes>> records,
      List<Optional<StoredEntry>> entries) {}

  private Content content(FaultyDisk disk) {
    RecordStore store = StoreOnFaultyDisk.open(disk, StatedFleet.FLEET.id(), 1 << 20).partition(0);
    List<Optional<StoredEntry>> entries = new ArrayList<>();
    for (long k = 1; k <= ENTRIES; k++) {
      entries.add(store.entry(k));
    }
    return new Content(
        store.position(),
        store.entryHashes(0, (int) store.position().values().k()),
        store.certificate(),
        store.prove(ChainDriver.ascending(keys)).records(),
        entries);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHealthyStoreIsCleanAndUntouched(boolean closed) {
    FaultyDisk disk = filled(closed);
    long operations = disk.operations();
    Findings findings = check(disk);
    assertEquals(List.of(), findings.listed());
    assertEquals(operations, disk.operations(), "a check writes nothing");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyChangedOctetIsNamedOrDoesNotMatter(boolean closed) {
    FaultyDisk disk = filled(closed);
    Content whole = content(disk.copy());
    int named = 0;
    int harmless = 0;
    for (String file : disk.names()) {
      int size = disk.size(file);
      int slot = file.endsWith("entries") ? Slot.Kind.ENTRIES.slotOctets() : 1 << 10;
      int rounds = Math.min(size, 100);
      for (int round = 0; round < rounds; round++) {
        FaultyDisk rotten = disk.copy();
        // The beginning of each file octet by octet, of each slot, and where the dice fall.
        int within = Math.min(size - 1, round % (size / slot + 1) * slot + random.nextInt(400));
        int at = round < 30 ? round : round < 70 ? within : random.nextInt(size);
        rotten.rot(file, at, random.nextInt(8));
        boolean clean = judge(rotten, whole, file + " octet " + at);
        named += clean ? 0 : 1;
        harmless += clean ? 1 : 0;
      }
    }
    assertTrue(named > 300, "named " + named + ", harmless " + harmless);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyFileCutOffOrGoneIsNamedOrDoesNotMatter(boolean closed) {
    FaultyDisk disk = filled(closed);
    Content whole = content(disk.copy());
    int named = 0;
    for (String file : disk.names()) {
      int size = disk.size(file);
      for (int round = 0; round < 20; round++) {
        FaultyDisk cut = disk.copy();
        int at = round == 0 ? 0 : round == 1 ? size - 1 : random.nextInt(size);
        cut.truncate(file, at);
        named += judge(cut, whole, file + " cut at " + at) ? 0 : 1;
      }
      FaultyDisk without = disk.copy();
      without.remove(file);
      named += judge(without, whole, file + " gone") ? 0 : 1;
    }
    assertTrue(named > 80, "named " + named);
  }

  /** Returns whether the check found nothing. */
  private boolean judge(FaultyDisk disk, Content whole, String what) {
    if (!check(disk).listed().isEmpty()) {
      return false;
    }
    // Not assertEquals, which would print it all.
    assertTrue(whole.equals(content(disk)), what + ": clean, but not whole");
    return true;
  }

  @Test
  void aStoreThatIsOnlyOlderIsBeliedByWhatAnHsmKnows() {
    FaultyDisk disk = filled(true);
    ChainValues newest = states.getLast();
    List<ChainClaim> same = List.of(new ChainClaim("HSM", newest));
    assertTrue(StoreOnFaultyDisk.check(disk, StatedFleet.FLEET, 1, same).sound());
    ChainValues other =
        new ChainValues(
            newest.fleetId(),
            0,
            newest.k() - 3,
            newest.head(),
            newest.root(),
            newest.outcomesRoot());
    Findings findings =
        StoreOnFaultyDisk.check(disk, StatedFleet.FLEET, 1, List.of(new ChainClaim("HSM", other)));
    assertEquals(1, findings.count(Weight.CONTRADICTION));
    Finding finding = findings.listed().getFirst();
    assertEquals("HSM", finding.where());
    assertTrue(finding.next().contains("Keep"), finding.next());
  }

  @Test
  void aCertificateOfTooFewAndAForeignStatementAreNamed() {
    FaultyDisk disk = new FaultyDisk(0, FaultyDisk.Failing.DONE);
    ChainDriver hsm = new ChainDriver(random, ChainValues.founding(StatedFleet.FLEET.id(), 0));
    try (NodeStore node = StoreOnFaultyDisk.open(disk, StatedFleet.FLEET.id(), 1 << 20)) {
      RecordStore store = node.partition(0);
      TreeKey key = ChainDriver.keyNear(random, Bytes.EMPTY, 0);
      ChainValues first = hsm.step(store, List.of(key)).values();
      store.keepCertificate(Certificate.of(List.of(StatedFleet.statement(first, 2))));
      store.keepStatement(StatedFleet.statement(first, 2));
    }
    Findings findings = check(disk);
    assertFalse(findings.sound());
    assertEquals(2, findings.count(Weight.DAMAGE), findings.listed().toString());
  }
}
