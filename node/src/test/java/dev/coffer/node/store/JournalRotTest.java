package dev.coffer.node.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Bits that change on the disk are noticed: nothing wrong is ever handed out. */
final class JournalRotTest {
  private static FaultyDisk filled(List<TreeKey> keys, boolean close) {
    FaultyDisk disk = new FaultyDisk(0, FaultyDisk.Failing.DONE);
    SplittableRandom random = new SplittableRandom(3);
    ChainDriver hsm = new ChainDriver(random, ChainValues.founding(ChainDriver.FLEET, 0));
    NodeStore node = PowerCutTest.open(disk);
    for (int i = 0; i < 4; i++) {
      TreeKey key = ChainDriver.keyNear(random, Bytes.EMPTY, 0);
      keys.add(key);
      EntryResult ignored = hsm.step(node.partition(0), List.of(key));
    }
    if (close) {
      node.close();
    }
    return disk;
  }

  @Test
  void aDurableCommitThatIsRottenIsNotTakenForATornOne() {
    FaultyDisk disk = filled(new ArrayList<>(), false).copy();
    disk.rot("journal-0", 700, 3);
    StoreFault.Corrupt e = assertThrows(StoreFault.Corrupt.class, () -> PowerCutTest.open(disk));
    assertTrue(e.getMessage().contains("synchronise"), e.getMessage());
  }

  @Test
  void everyRottenBitOfPagesAndRecordsIsNoticed() {
    List<TreeKey> keys = new ArrayList<>();
    FaultyDisk disk = filled(keys, true);
    SplittableRandom random = new SplittableRandom(5);
    for (String file : List.of("p0.pages", "p0.records")) {
      int noticed = 0;
      for (int i = 0; i < 300; i++) {
        FaultyDisk rotten = disk.copy();
        rotten.rot(file, random.nextInt(disk.size(file)), random.nextInt(8));
        noticed += noticed(rotten, keys, file) ? 1 : 0;
      }
      assertTrue(noticed > 30, file + ": " + noticed);
    }
  }

  private static boolean noticed(FaultyDisk disk, List<TreeKey> keys, String file) {
    NodeStore node = PowerCutTest.open(disk);
    RecordStore store = node.partition(0);
    boolean sound = StoreOnFaultyDisk.sound(store);
    try {
      Proof proof = store.prove(ChainDriver.ascending(keys));
      assertEquals(store.position().values().root(), proof.multiproof().rootHash());
      // The bit was in octets that nothing uses: of a slot's end, or of slot 0.
      assertTrue(sound, file);
      return false;
    } catch (StoreFault.Corrupt e) {
      assertFalse(sound, file);
      return true;
    }
  }

  @Test
  void anEntryThatLooksLikeAFrameIsNotTakenForOne() {
    // A hostile leader composes an entry whose octets are a journal frame with a great number.
    byte[] forged =
        new JournalFrame(
                1_000_000,
                999_999,
                List.of(new Slot.Patch(new Slot(0, Slot.Kind.STATE, 0), Bytes.zeros(40))))
            .encode();
    Slot state = new Slot(0, Slot.Kind.STATE, 0);
    for (int shift = 0; shift < JournalFrame.BLOCK; shift++) {
      FaultyDisk disk = new FaultyDisk(0, FaultyDisk.Failing.DONE);
      JournaledSlots slots = JournaledSlots.open(disk, 64 << 10, Runnable::run);
      byte[] content = new byte[shift + forged.length];
      System.arraycopy(forged, 0, content, shift, forged.length);
      slots.commit(List.of(new Slot.Patch(new Slot(0, Slot.Kind.ENTRIES, 1), Bytes.wrap(content))));
      FaultyDisk torn = disk.copy();
      // Without its beginning the scan goes through the inside of the frame.
      torn.rot("journal-0", 0, 0);
      JournaledSlots after = JournaledSlots.open(torn, 64 << 10, Runnable::run);
      assertEquals(0, after.read(state).size(), "shifted by " + shift);
    }
  }
}
