package dev.coffer.analysis.world;

import dev.coffer.hsm.harness.MemoryNvram;

/** What goes wrong by itself in a world: machines, disks, network, order, memories. */
record Troubles(World world) {
  /** One thing more, drawn from the seed. */
  void somethingBreaks() {
    if (world.healed()) {
      return;
    }
    int node = 1 + world.chance().below(world.setting().n());
    Host host = world.hosts().get(node - 1);
    switch (world.chance().below(16)) {
      case 0 -> host.crash(true, world.chance().below(1_500_000));
      case 1 -> host.crash(false, world.chance().below(500_000));
      case 2 -> host.hsm().crash(world.chance().below(800_000));
      case 3 -> host.hsm().failNextWrite(MemoryNvram.Failing.BEFORE);
      case 4 -> host.hsm().failNextWrite(MemoryNvram.Failing.AFTER);
      case 5 -> isolate(node);
      case 6, 7 -> world.wires().toggle(node, 1 + world.chance().below(world.setting().n()));
      case 8 -> lead(node);
      case 9 -> host.jump();
      case 10 -> rot(host);
      case 11 -> powerCut();
      case 12 -> slow();
      case 13 -> forget();
      default -> tamper();
    }
  }

  private void isolate(int node) {
    world.wires().isolate(node, true);
    world.loop().after(world.chance().below(2_000_000), () -> world.wires().isolate(node, false));
  }

  private void lead(int node) {
    world.diary().fault("leader changed");
    world.orderer().lead(node);
  }

  /** Where the leader is away the others choose another. */
  void elect() {
    if (!world.host(world.orderer().leader()).joined()) {
      int node = 1 + world.chance().below(world.setting().n());
      if (world.host(node).joined()) {
        world.diary().done("elections");
        world.orderer().lead(node);
      }
    }
  }

  private void rot(Host host) {
    host.crash(false, 50_000);
    host.disk().rot();
  }

  private void powerCut() {
    world.diary().fault("power cut of all");
    world.hosts().forEach(host -> host.crash(true, world.chance().below(300_000)));
  }

  private void slow() {
    world.wires().slow(1 + world.chance().below(40));
    world.loop().after(1_000_000, () -> world.wires().slow(1));
  }

  private void forget() {
    if (world.setting().forgetting() && world.orderer().size() > 3 && world.chance().oneIn(3)) {
      world.orderer().forget(1 + world.chance().below(3));
      world.forgot();
    }
  }

  private void tamper() {
    for (int hsm : world.setting().corrupted()) {
      world.hosts().get(hsm - 1).hsm().tamper();
    }
  }
}
