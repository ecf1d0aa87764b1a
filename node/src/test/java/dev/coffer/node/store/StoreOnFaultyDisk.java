package dev.coffer.node.store;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.Watch;
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
    try (StoreCheck check = new StoreCheck(disk, fleet, self, settings(1 << 20), findings)) {
      var ignored = check.check(0, claims, Watch.NONE);
      return findings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One partition; journal files of 24 KiB, so that they take turns often. */
  public static NodeStore open(FaultyDisk disk, FleetId fleetId, long heldOctets) {
    SlotStore slots = JournaledSlots.open(disk, 24 << 10, Runnable::run);
    return new DiskNodeStore(fleetId, 1, settings(heldOctets), slots, Runnable::run, () -> {});
  }
}
