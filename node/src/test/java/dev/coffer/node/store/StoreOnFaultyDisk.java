package dev.coffer.node.store;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.Progress;
import dev.coffer.node.store.check.StoreCheck;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A node's store on a disk in memory, everything on the caller's thread; for other packages' tests.
 */
public final class StoreOnFaultyDisk {
  private StoreOnFaultyDisk() {}

  private static StoreSettings settings(long heldOctets) {
    return new StoreSettings(1 << 20, 8, 3, 1 << 20, heldOctets);
  }

  /** What a check of {@code disk}, the store of node {@code self}, finds. Changes nothing on it. */
  public static Findings check(FaultyDisk disk, Fleet fleet, int self, List<ChainClaim> claims) {
    Findings findings = new Findings();
    int ring = settings(1 << 20).entriesKept();
    try (StoreCheck check = StoreCheck.of(new StoppedStore(disk), fleet, self, ring, findings)) {
      var ignored = check.check(0, claims, Progress.NONE);
      return findings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One partition; journal files of 24 KiB, so that they take turns often. */
  public static NodeStore open(FaultyDisk disk, FleetId fleetId, long heldOctets) {
    JournaledSlots slots = JournaledSlots.open(disk, 24 << 10, Runnable::run);
    return new NodeStore(fleetId, 1, settings(heldOctets), slots, Runnable::run, () -> {});
  }

  /** Whether everything in {@code store} is as it was written; what is not is marked. */
  public static boolean sound(RecordStore store) {
    return store.reconstruct().markDamage() == 0;
  }
}
