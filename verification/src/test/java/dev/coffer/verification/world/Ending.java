package dev.coffer.verification.world;

import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;

/**
 * Why a healed fleet may stand still for good: its HSMs are on chains that no q of them share. One
 * whose host lost its store counts as absent while no peer holds a certified state for it.
 */
record Ending(World world) {
  /** Empty if q HSMs can still come together. */
  String whyStuck() {
    List<Spot> newest = new ArrayList<>();
    for (Host host : world.hosts()) {
      if (host.stopped().isEmpty()
          && !host.fetching()
          && !world.rolledBack().contains(host.index())) {
        try {
          world.ledger().at(host.hsm().position(0).values()).ifPresent(newest::add);
        } catch (Rejected | Machine.Away e) {
          return "HSM " + host.index() + " is away";
        }
      }
    }
    long together = 0;
    for (Spot far : newest) {
      together =
          Math.max(
              together,
              newest.stream()
                  .filter(s -> s.values().k() <= far.values().k() && s.leadsTo(far))
                  .count());
    }
    return together >= world.setting().q()
        ? ""
        : "at most " + together + " HSMs stand on one chain and " + world.setting().q() + " must";
  }
}
