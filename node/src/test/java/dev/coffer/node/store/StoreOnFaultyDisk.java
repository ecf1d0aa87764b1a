package dev.coffer.node.store;

import dev.coffer.protocol.fleet.FleetId;

/**
 * A node's store on a disk in memory, everything on the caller's thread; for other packages' tests.
 */
public final class StoreOnFaultyDisk {
  private StoreOnFaultyDisk() {}

  /** One partition; journal files of 24 KiB, so that they take turns often. */
  public static NodeStore open(FaultyDisk disk, FleetId fleetId, long heldOctets) {
    StoreSettings settings = new StoreSettings(1 << 20, 8, 3, 1 << 20, heldOctets);
    SlotStore slots = JournaledSlots.open(disk, 24 << 10, Runnable::run);
    return new DiskNodeStore(fleetId, 1, settings, slots, Runnable::run, () -> {});
  }
}
