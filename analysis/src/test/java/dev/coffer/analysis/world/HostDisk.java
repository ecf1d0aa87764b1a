package dev.coffer.analysis.world;

import dev.coffer.node.store.FaultyDisk;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.StoreOnFaultyDisk;
import dev.coffer.protocol.fleet.FleetId;
import java.util.List;

/** A node's disk: loses and tears what was not forced, refuses writes, rots, and is replaced. */
final class HostDisk {
  private static final long HELD = 1 << 20;

  private final World world;
  private FaultyDisk disk = new FaultyDisk(0, FaultyDisk.Failing.NOT_DONE);
  private boolean spoilt;
  private boolean suspected;

  HostDisk(World world) {
    this.world = world;
  }

  NodeStore open(FleetId fleetId) {
    return StoreOnFaultyDisk.open(disk, fleetId, HELD);
  }

  /** Whether bits have changed on it. */
  boolean spoilt() {
    return spoilt;
  }

  /** The process that used it has ended. */
  void crash(boolean power) {
    if (suspected && spoilt) {
      replace();
      return;
    }
    Chance chance = world.chance();
    long failAt = !world.healed() && chance.oneIn(3) ? 10 + chance.below(400) : 0;
    FaultyDisk.Failing how =
        chance.oneIn(2) ? FaultyDisk.Failing.NOT_DONE : FaultyDisk.Failing.DONE;
    disk = power || failAt > 0 ? disk.afterPowerCut(chance.random(), failAt, how) : disk.copy();
  }

  /** Something read from it was not what was written. */
  void suspect() {
    suspected = true;
  }

  /** An operator puts an empty disk in. */
  void replace() {
    world.storeLost();
    disk = new FaultyDisk(0, FaultyDisk.Failing.NOT_DONE);
    spoilt = false;
    suspected = false;
  }

  /** One bit changes. */
  void rot() {
    List<String> names = disk.names();
    if (names.isEmpty()) {
      return;
    }
    String name = world.chance().of(names);
    if (disk.size(name) > 0) {
      disk.rot(name, world.chance().below(disk.size(name)), world.chance().below(8));
      spoilt = true;
      world.diary().fault("bit rot");
    }
  }
}
